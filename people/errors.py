"""What a service says when it will not do a thing."""


class Refused(Exception):
    """A rule stands in the way. `str()` of it is a kind sentence a person may read."""
