"""The addresses as they are where a provider reports on mails."""

from django.urls import include, path

from peerhub.reporting import reports_from
from peerhub.urls import *  # noqa: F403  # handlers and all
from peerhub.urls import urlpatterns as ours

urlpatterns = [*ours, path("anymail/", include(reports_from("postmark")))]
