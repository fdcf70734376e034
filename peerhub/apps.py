from django.apps import AppConfig


class PeerhubConfig(AppConfig):
    name = "peerhub"
