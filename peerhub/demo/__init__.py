"""Synthetic people and groups that show the product alive. Refuses to run in production."""
