from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """Group sessions. The label keeps them apart from Django's login sessions."""

    name = "sessions"
    label = "group_sessions"

    def ready(self) -> None:
        from notices import registry
        from people import policy
        from sessions import policies, receivers, topics

        policy.register(policies.RULES)
        registry.declare(*topics.TOPICS)
        receivers.connect()
