"""What people are told about groups."""

from notices.registry import Topic

TOPICS: list[Topic] = []
