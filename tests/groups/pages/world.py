"""The pages of groups, as each kind of reader meets them."""

from django.urls import reverse

SETTINGS = {
    "name": "Evenings",
    "purpose": "For anyone.",
    "kind": "circle",
    "format": "online",
    "languages": ["en"],
    "intake": "request",
    "capacity": "8",
    "adults_only": "on",
    "listed": "on",
    "time_zone": "Europe/London",
}
REQUEST = {"alias": "Wren", "answer": "mail", "adult": "on"}


def at(name, group, *more):
    return reverse(f"groups:{name}", args=[group.slug, *more])


def said(response):
    return response.content.decode()
