from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"

    def ready(self) -> None:
        from notices import policies, receivers
        from people import policy

        policy.register(policies.RULES)
        receivers.connect()
