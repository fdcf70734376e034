"""Pages of confidential words."""
