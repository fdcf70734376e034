"""Hears from groups what frees a seat."""


def connect() -> None:
    """Called once, when the app is ready."""
