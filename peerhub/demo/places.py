"""The demo's help lines and its directory. Numbers in the directory are from the range kept for fiction."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from people.models import User
from resources.models import CrisisLine, Resource
from resources.services import confirm_lines, save_line, save_resource

LINES: list[dict[str, Any]] = [
    {"name": "Emergency services", "channel": "call", "number": "999", "emergency": True,
     "words": "If your life, or someone else's, is at risk right now"},
    {"name": "Samaritans", "channel": "call", "number": "116 123", "words": "Samaritans. Free, at any hour"},
    {"name": "Shout", "channel": "text", "number": "85258", "words": "Shout. If speaking feels like too much"},
]  # fmt: skip

PLACES: list[dict[str, Any]] = [
    {"name": "Harbour Lane Advice", "kind": "money", "what_for": "Money, debt and letters that are hard to open",
     "who_for": "Anybody who lives here", "cost": "free", "hours": "Weekdays, 9 am to 5 pm", "area": "Harbour Lane",
     "phone": "0113 496 0110", "url": "https://advice.example.org",
     "how_to_start": "Call, or come in on a Tuesday morning. Bring the letters, opened or not.",
     "good_to_know": "You can bring somebody with you. There is a quiet room."},
    {"name": "Talking therapies, self-referral", "kind": "talk", "what_for": "Worry, low mood, panic, sleep",
     "who_for": "Adults", "cost": "free", "hours": "Phones open weekdays, 8 am to 6 pm", "area": "Whole city",
     "phone": "0113 496 0120", "how_to_start": "You can ask for it yourself. A first call takes about 30 minutes.",
     "good_to_know": "Waiting is often six to ten weeks. You can keep coming to a group meanwhile."},
    {"name": "Quay Street Night Café", "kind": "sleep", "what_for": "Somewhere to be when nights are long",
     "who_for": "Anybody over 18", "cost": "free", "hours": "Every night, 6 pm to 1 am",
     "area": "Quay Street", "phone": "0113 496 0130", "access_notes": "Step-free. Dogs welcome.",
     "how_to_start": "Walk in. You do not have to say why."},
    {"name": "Carers' Corner", "kind": "carers", "what_for": "Looking after somebody, and after yourself",
     "who_for": "Family, friends and carers", "cost": "free", "hours": "Weekdays, 10 am to 3 pm", "area": "Online",
     "url": "https://carers.example.org", "languages": "English, Polski, Urdu",
     "how_to_start": "Write to them on their page. They answer within three days."},
    {"name": "Doorstep Food Pantry", "kind": "food", "what_for": "Food for the week, no questions", "cost": "sliding",
     "hours": "Thursdays, 4 to 6 pm", "area": "St Anne's Hall", "phone": "0113 496 0140",
     "how_to_start": "Come with a bag. About £5 for the week. The first time is free."},
]  # fmt: skip


def make_places(admin: User) -> None:
    for position, line in enumerate(LINES):
        save_line(admin, line=CrisisLine(position=position), **line)
    confirm_lines(admin, lines=CrisisLine.objects.current())
    for place in PLACES:
        save_resource(admin, resource=Resource(), checked=True, published=True, **place)
    # One was checked long ago, so that the reminder to check it again can be seen.
    stale = timezone.localdate() - timedelta(days=220)
    Resource.objects.filter(name="Doorstep Food Pantry").update(checked_on=stale)
