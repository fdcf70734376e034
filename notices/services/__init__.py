"""Where something changes about what people are told: telling, reading, and the outbox that carries it."""

from notices.mail import mail_for
from notices.services.letters import send_nothing, send_to_address
from notices.services.reading import mark_read
from notices.services.sending import send_due, send_one
from notices.services.telling import has_not_left, soonest, tell

__all__ = [
    "has_not_left",
    "mail_for",
    "mark_read",
    "send_due",
    "send_nothing",
    "send_one",
    "send_to_address",
    "soonest",
    "tell",
]
