from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "notes"

    def ready(self) -> None:
        from notes import policies, receivers, topics
        from notices import registry
        from people import policy

        policy.register(policies.RULES)
        registry.declare(*topics.TOPICS)
        receivers.connect()
