"""How allauth speaks with PeerHub."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by the rules of this organisation."""


class SecondStepAdapter(DefaultMFAAdapter):
    """Second steps."""
