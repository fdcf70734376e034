"""Pages of check-ins and follow-ups."""
