from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """Group sessions. The label keeps them apart from Django's login sessions."""

    name = "sessions"
    label = "group_sessions"

    def ready(self) -> None:
        from groups import panels as group_pages
        from notices import registry
        from people import policy
        from sessions import open_data, panels, policies, receivers, topics

        policy.register(policies.RULES)
        registry.declare(*topics.TOPICS)
        group_pages.register("sessions", panels.next_sessions)
        group_pages.register("open data", open_data.events)
        group_pages.register_next_words("sessions", panels.next_words)
        group_pages.register_planned_after("sessions", panels.planned_after)
        receivers.connect()
