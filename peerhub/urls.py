"""Every address of PeerHub. Each has its row in tests/policy_table.py."""

from django.conf import settings
from django.urls import include, path

from peerhub import views
from peerhub.reporting import reports_from

handler400 = "peerhub.views.bad_request"
handler403 = "peerhub.views.page_closed"
handler404 = "peerhub.views.page_missing"
handler500 = "peerhub.views.something_broke"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("leave/", views.leave, name="leave"),
    path("theme/", views.theme, name="theme"),
    path("accounts/", include("allauth.urls")),
    path("", include("home.urls")),
    path("", include("notes.urls")),
    path("", include("checkins.urls")),
    path("", include("sessions.urls")),
    path("", include("resources.urls")),
    path("", include("groups.urls")),
    path("", include("notices.urls")),
]
if settings.EMAIL_REPORTS_FROM:
    urlpatterns += [path("anymail/", include(reports_from(settings.EMAIL_REPORTS_FROM)))]
if settings.DEMO:
    urlpatterns += [path("demo/mailbox/", include("peerhub.mailbox"))]
