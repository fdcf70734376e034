"""What some of the demo's people chose about what is sent to them, and one whose address does not work."""

from notices.models import MailTrouble
from notices.services import note_mail_trouble, save_preferences
from people.models import User
from people.services import change_person


def choose_messages(people: dict[str, User]) -> None:
    wren, rosa = people["Wren"], people["Rosa"]
    change_person(wren, person=wren, no_voicemail=True)
    save_preferences(wren, user=wren, mail={"news": False})
    change_person(rosa, person=rosa, no_mail=True, no_calls=True)
    note_mail_trouble(people["Kofi"].email, MailTrouble.Kind.BOUNCED)
