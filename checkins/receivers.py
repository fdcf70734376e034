"""Hears from groups when somebody joins or leaves."""


def connect() -> None:
    """Called once, when the app is ready."""
