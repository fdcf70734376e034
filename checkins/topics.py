"""What people are told about check-ins and follow-ups."""

from notices.registry import Topic

TOPICS: list[Topic] = []
