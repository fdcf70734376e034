from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"

    def ready(self) -> None:
        from notices import policies, receivers, registry, topics
        from people import policy

        policy.register(policies.RULES)
        registry.declare(*topics.TOPICS)
        receivers.connect()
