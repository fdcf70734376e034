from django.apps import AppConfig


class CheckinsConfig(AppConfig):
    name = "checkins"

    def ready(self) -> None:
        from checkins import policies, receivers, topics
        from notices import registry
        from people import policy

        policy.register(policies.RULES)
        registry.declare(*topics.TOPICS)
        receivers.connect()
