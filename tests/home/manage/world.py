"""The admin's pages: numbers and roles, and never a word of anybody's."""

from django.urls import reverse

CANARY = "the kettle sings at four"


PAGES = ["overview", "setup", "settings", "members", "invite", "invitations", "audit"]


SETTINGS = {
    "cover_hours": "4",
    "name": "Quay Hall",
    "sender": "Quay",
    "time_zone": "Europe/Lisbon",
    "signup": "invited",
    "answer_days": "3",
    "contact": "0117 496 0100",
    "open_days": ["0", "2"],
    "opens": "10:00:00",
    "closes": "16:30:00",
    "hours": "Closed on bank holidays.",
    "unseen_hours": "3",
    "quiet_from": "21:00:00",
    "quiet_to": "07:30:00",
    "help_phrases": "no way out",
    "news_an_hour": "500",
    "confidentiality_limits": "If somebody could be seriously harmed.",
    "note_months": "6",
}


def get(browser, page, /, *args, **query):
    return browser.get(reverse(f"home:{page}", args=args), query)


def post(browser, page, /, *args, **fields):
    return browser.post(reverse(f"home:{page}", args=args), fields)
