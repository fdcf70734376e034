"""Addresses of sessions, whole."""

from django.urls import path

from sessions.views import calendar, members, open_data, planning, roll

app_name = "sessions"
urlpatterns = [
    path("calendar/<str:token>.ics", calendar.feed, name="calendar-feed"),
    path("groups/feed.json", open_data.group_feed, name="feed"),
    path("groups/<slug:slug>/sessions/new/", planning.series_create, name="series-create"),
    path("sessions/", members.session_list, name="list"),
    path("sessions/<uuid:public_id>/", members.session_detail, name="detail"),
    path("sessions/<uuid:public_id>/seat/", members.seat, name="seat"),
    path("sessions/<uuid:public_id>/join/", members.door, name="door"),
    path("sessions/<uuid:public_id>/attendance/", roll.attendance, name="attendance"),
    path("sessions/<uuid:public_id>/calendar.ics", calendar.session_file, name="calendar-file"),
    path("sessions/<uuid:public_id>/cancel/", planning.session_cancel, name="cancel"),
    path("you/calendar/", calendar.link, name="calendar"),
    path("you/calendar/stop/", calendar.link_stop, name="calendar-stop"),
    path("you/calendar/titles/", calendar.link_titles, name="calendar-titles"),
]
