from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "groups"

    def ready(self) -> None:
        from groups import policies, receivers, topics
        from notices import registry
        from people import policy

        policy.register(policies.RULES)
        registry.declare(*topics.TOPICS)
        receivers.connect()
