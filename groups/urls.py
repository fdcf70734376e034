"""Addresses of groups. They start at the root, because some stand under /manage/."""

from django.urls import path

from groups import invitation_urls
from groups.views import asking, belonging, directory, managing, running

app_name = "groups"
urlpatterns = [
    path("groups/", directory.group_list, name="list"),
    path("groups/mine/", belonging.mine, name="mine"),
    path("groups/<slug:slug>/", directory.group_detail, name="detail"),
    path("groups/<slug:slug>/ask/", asking.ask, name="ask"),
    path("groups/<slug:slug>/ask/name/", asking.ask_name, name="ask-name"),
    path("groups/<slug:slug>/ask/sent/", asking.ask_sent, name="ask-sent"),
    path("groups/<slug:slug>/ask/withdraw/", asking.ask_withdraw, name="ask-withdraw"),
    path("groups/<slug:slug>/agreement/", belonging.agreement, name="agreement"),
    path("groups/<slug:slug>/members/", belonging.members, name="members"),
    path("groups/<slug:slug>/leave/", belonging.leave, name="leave"),
    path("groups/<slug:slug>/run/requests/<uuid:public_id>/", running.request_detail, name="request"),
    path("groups/<slug:slug>/run/settings/", running.settings, name="settings"),
    path("groups/<slug:slug>/run/door/", running.door, name="door"),
    path("groups/<slug:slug>/run/open/", running.open_, name="open"),
    path("groups/<slug:slug>/run/agreement/", running.agreement_edit, name="agreement-edit"),
    path("manage/groups/", managing.manage, name="manage"),
    path("manage/groups/new/", managing.new, name="new"),
    path("manage/groups/<slug:slug>/facilitators/", managing.appoint, name="appoint"),
]
urlpatterns += invitation_urls.urlpatterns
