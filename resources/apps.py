from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "resources"

    def ready(self) -> None:
        from people import policy
        from resources import policies

        policy.register(policies.RULES)
