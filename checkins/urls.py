"""Addresses of check-ins and follow-ups: whole paths, because they stand in three places."""

from django.urls import path

from checkins.views import answering, followups, link, messages

app_name = "checkins"
urlpatterns = [
    path("check-in/", answering.checkin, name="checkin"),
    path("check-in/<uuid:public_id>/", answering.answered, name="answered"),
    path("check-in/<uuid:public_id>/change/", answering.change, name="change"),
    path("c/<str:token>/", link.link, name="link"),
    path("you/messages/", messages.messages_page, name="messages"),
    path("you/missed/", messages.missed, name="missed"),
    path("you/pause/", messages.pause_create, name="pause"),
    path("follow-up/", followups.followup_list, name="follow-ups"),
    path("follow-up/new/", followups.followup_create, name="follow-up-new"),
    path("follow-up/<uuid:public_id>/", followups.followup, name="follow-up"),
    path("follow-up/<uuid:public_id>/take/", followups.take, name="take"),
    path("follow-up/<uuid:public_id>/hand-back/", followups.hand_back, name="hand-back"),
    path("follow-up/<uuid:public_id>/done/", followups.done, name="done"),
    path("follow-up/<uuid:public_id>/reopen/", followups.reopen, name="reopen"),
]
