"""Notes are written for few eyes, every reading is written down first, and their day comes."""

from people.models import AuditEntry

WORDS = "Quiet start, warmer by the end."


def record():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "actor", "about", "object_id", "reason"))


def leave(user, group):
    membership = group.memberships.get(user=user)
    membership.move_to("left")
    membership.save()
