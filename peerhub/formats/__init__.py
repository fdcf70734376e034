"""How a language writes times, where PeerHub differs from Django (docs/decisions/0023)."""
