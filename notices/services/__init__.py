"""Where something changes about what people are told: telling, reading, and the outbox that carries it."""

from notices.mail import mail_for
from notices.services.letters import send_nothing, send_to_address
from notices.services.preferences import goes_out, mail_of, save_preferences, stop_mail
from notices.services.reading import mark_all_read, mark_read
from notices.services.sending import send_due, send_one
from notices.services.telling import has_not_left, soonest, tell
from notices.services.trouble import forget_mail_trouble, note_mail_trouble, try_mail_again
from notices.services.withdrawing import withdraw

__all__ = [
    "forget_mail_trouble",
    "goes_out",
    "has_not_left",
    "mail_for",
    "mail_of",
    "mark_all_read",
    "mark_read",
    "note_mail_trouble",
    "save_preferences",
    "send_due",
    "send_nothing",
    "send_one",
    "send_to_address",
    "soonest",
    "stop_mail",
    "tell",
    "try_mail_again",
    "withdraw",
]
