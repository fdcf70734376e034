from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "notes"

    def ready(self) -> None:
        from notes import policies
        from people import policy

        policy.register(policies.RULES)
