"""Addresses of check-ins and follow-ups: whole paths, because they stand in three places."""

from django.urls import path

from checkins.views import (
    answering,
    duty,
    followups,
    hellos,
    keeping,
    link,
    messages,
    pausing,
    replies,
    waiting,
    wording,
)

app_name = "checkins"
urlpatterns = [
    path("check-in/", answering.checkin, name="checkin"),
    path("check-in/<uuid:public_id>/", answering.answered, name="answered"),
    path("check-in/<uuid:public_id>/change/", answering.change, name="change"),
    path("c/<str:token>/", link.link, name="link"),
    path("c/<str:token>/pause/", pausing.pause_by_link, name="link-pause"),
    path("manage/questions/", wording.questions, name="questions"),
    path("groups/<slug:slug>/run/questions/", wording.group_questions, name="group-questions"),
    path("questions/<uuid:public_id>/rest/", wording.retire, name="question-retire"),
    path("questions/<uuid:public_id>/again/", wording.again, name="question-again"),
    path("groups/<slug:slug>/run/duty/", duty.duty, name="duty"),
    path("groups/<slug:slug>/run/duty/end/", duty.duty_end, name="duty-end"),
    path("manage/reading/", duty.unread, name="unread"),
    path("you/messages/", messages.messages_page, name="messages"),
    path("you/missed/", messages.missed, name="missed"),
    path("you/pause/", messages.pause_create, name="pause"),
    path("follow-up/", followups.followup_list, name="follow-ups"),
    path("follow-up/new/", followups.followup_create, name="follow-up-new"),
    path("follow-up/waiting/", waiting.waiting, name="waiting"),
    path("follow-up/waiting/<uuid:public_id>/ask/", waiting.ask, name="waiting-ask"),
    path("follow-up/quiet/<uuid:public_id>/", hellos.hello_quiet, name="hello-quiet"),
    path("follow-up/<uuid:public_id>/", followups.followup, name="follow-up"),
    path("follow-up/<uuid:public_id>/write/", replies.write, name="write"),
    path("follow-up/<uuid:public_id>/hello/", hellos.hello_create, name="hello-new"),
    path("follow-up/<uuid:public_id>/take/", keeping.take, name="take"),
    path("follow-up/<uuid:public_id>/hand-back/", keeping.hand_back, name="hand-back"),
    path("follow-up/<uuid:public_id>/done/", keeping.done, name="done"),
    path("follow-up/<uuid:public_id>/reopen/", keeping.reopen, name="reopen"),
    path("follow-up/<uuid:public_id>/leave/", keeping.leave, name="leave-be"),
    path("follow-up/<uuid:public_id>/hand-over/", keeping.hand_over, name="hand-over"),
    path("follow-up/<uuid:public_id>/take-back/", keeping.take_back, name="take-back"),
    path("you/replies/<uuid:public_id>/", replies.thread, name="replies"),
    path("you/hello/<uuid:public_id>/", hellos.hello, name="hello"),
]
