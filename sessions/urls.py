"""Addresses of sessions, whole."""

from django.urls import path

from sessions.views import after, calendar, evening, hosting, members, open_data, planning, reminders, roll, rooms

app_name = "sessions"
urlpatterns = [
    path("calendar/<str:token>.ics", calendar.feed, name="calendar-feed"),
    path("groups/feed.json", open_data.group_feed, name="feed"),
    path("groups/<slug:slug>/sessions/new/", planning.series_create, name="series-create"),
    path("guests/<uuid:public_id>/", roll.guest, name="guest"),
    path("cover/<uuid:public_id>/", hosting.call, name="cover-call"),
    path("cover/<uuid:public_id>/take/", hosting.cover_take, name="cover-take"),
    path("cover/<uuid:public_id>/back/", hosting.cover_withdraw, name="cover-withdraw"),
    path("groups/<slug:slug>/stand-ins/", hosting.stand_ins, name="stand-ins"),
    path("groups/<slug:slug>/stand-ins/<uuid:person>/drop/", hosting.stand_in_drop, name="stand-in-drop"),
    path("manage/rooms/", rooms.rooms, name="rooms"),
    path("manage/rooms/new/", rooms.room, name="room-new"),
    path("manage/rooms/<uuid:public_id>/", rooms.room, name="room"),
    path("manage/rooms/<uuid:public_id>/retire/", rooms.retire, name="room-retire"),
    path("sessions/<uuid:public_id>/hosts/", hosting.hosts, name="hosts"),
    path("sessions/<uuid:public_id>/cover/", hosting.cover, name="cover"),
    path("sessions/", members.session_list, name="list"),
    path("sessions/<uuid:public_id>/", members.session_detail, name="detail"),
    path("sessions/<uuid:public_id>/seat/", members.seat, name="seat"),
    path("sessions/<uuid:public_id>/join/", members.door, name="door"),
    path("sessions/<uuid:public_id>/attendance/", roll.attendance, name="attendance"),
    path("sessions/<uuid:public_id>/attendance/count/", roll.headcount, name="headcount"),
    path("sessions/<uuid:public_id>/summary/", after.summary, name="summary"),
    path("sessions/<uuid:public_id>/summary/change/", after.summary_edit, name="summary-edit"),
    path("sessions/<uuid:public_id>/summary/share/", after.summary_share, name="summary-share"),
    path("sessions/<uuid:public_id>/summary/take-back/", after.summary_take_back, name="summary-take-back"),
    path("sessions/<uuid:public_id>/feedback/", after.feedback, name="feedback"),
    path("sessions/<uuid:public_id>/how-it-was/", after.how_it_was, name="how-it-was"),
    path("sessions/<uuid:public_id>/calendar.ics", calendar.session_file, name="calendar-file"),
    path("sessions/<uuid:public_id>/before/", evening.before, name="before"),
    path("sessions/<uuid:public_id>/here/", evening.here, name="here"),
    path("sessions/<uuid:public_id>/run-sheet/", evening.run_sheet, name="run-sheet"),
    path("sessions/<uuid:public_id>/cancel/", planning.session_cancel, name="cancel"),
    path("you/calendar/", calendar.link, name="calendar"),
    path("you/calendar/stop/", calendar.link_stop, name="calendar-stop"),
    path("you/calendar/titles/", calendar.link_titles, name="calendar-titles"),
    path("you/reminders/", reminders.reminders, name="reminders"),
]
