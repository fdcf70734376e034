import pytest

from notices import registry


@pytest.fixture
def subject(monkeypatch):
    """A topic of the tests: whoever is listed in `gone` may no longer be told."""
    gone = set()
    topic = registry.Topic(
        name="test",
        may=lambda user, ids: user.pk not in gone,
        line=lambda ids, user: "A seat is free",
        link=lambda ids, user: "/home/",
        template="notices/mail/discreet",
    )
    monkeypatch.setitem(registry._topics, "test", topic)
    return gone
