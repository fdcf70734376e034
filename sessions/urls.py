"""Addresses of sessions, whole."""

from django.urls import path

from sessions.views import facilitators, members, open_data

app_name = "sessions"
urlpatterns = [
    path("groups/feed.json", open_data.group_feed, name="feed"),
    path("groups/<slug:slug>/sessions/new/", facilitators.series_create, name="series-create"),
    path("sessions/", members.session_list, name="list"),
    path("sessions/<uuid:public_id>/", members.session_detail, name="detail"),
    path("sessions/<uuid:public_id>/seat/", members.seat, name="seat"),
    path("sessions/<uuid:public_id>/join/", members.door, name="door"),
    path("sessions/<uuid:public_id>/attendance/", facilitators.attendance, name="attendance"),
    path("sessions/<uuid:public_id>/cancel/", facilitators.session_cancel, name="cancel"),
]
