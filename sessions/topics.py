"""What people are told about sessions."""

from notices.registry import Topic

TOPICS: list[Topic] = []
