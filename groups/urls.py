"""Addresses of groups. They start at the root, because some stand under /manage/."""

from django.urls import path

from groups import invitation_urls
from groups.views import asking, belonging, directory, ending, managing, offers, people, running, wishes

app_name = "groups"
urlpatterns = [
    path("groups/", directory.group_list, name="list"),
    path("groups/mine/", belonging.mine, name="mine"),
    path("groups/nothing-fits/", wishes.nothing_fits, name="nothing-fits"),
    path("groups/nothing-fits/<slug:kind>/", wishes.wish, name="wish"),
    path("groups/nothing-fits/<uuid:public_id>/end/", wishes.wish_take_back, name="wish-take-back"),
    path("groups/right-for-me/", wishes.right_for_me, name="right-for-me"),
    path("groups/<slug:slug>/", directory.group_detail, name="detail"),
    path("groups/<slug:slug>/ask/", asking.ask, name="ask"),
    path("groups/<slug:slug>/ask/name/", asking.ask_name, name="ask-name"),
    path("groups/<slug:slug>/ask/sent/", asking.ask_sent, name="ask-sent"),
    path("groups/<slug:slug>/ask/withdraw/", asking.ask_withdraw, name="ask-withdraw"),
    path("groups/<slug:slug>/agreement/", belonging.agreement, name="agreement"),
    path("groups/<slug:slug>/fit/", belonging.fit, name="fit"),
    path("groups/<slug:slug>/offer/", offers.offer, name="offer"),
    path("groups/<slug:slug>/leave/", belonging.leave, name="leave"),
    path("groups/<slug:slug>/left/", belonging.left, name="left"),
    path("groups/<slug:slug>/members/", people.members, name="members"),
    path("groups/<slug:slug>/name/", belonging.name, name="name"),
    path("groups/<slug:slug>/pause/", belonging.take_break, name="pause"),
    path("groups/<slug:slug>/pause/end/", belonging.end_break, name="resume"),
    path("groups/<slug:slug>/run/ending/", ending.ending, name="ending"),
    path("groups/<slug:slug>/run/ending/now/", ending.end_now, name="end-now"),
    path("groups/<slug:slug>/run/reopen/", ending.reopen, name="reopen"),
    path("groups/<slug:slug>/run/farewells/", people.farewells, name="farewells"),
    path("groups/<slug:slug>/run/members/<uuid:public_id>/", people.member, name="member"),
    path("groups/<slug:slug>/run/members/<uuid:public_id>/out/", people.put_out, name="put-out"),
    path("groups/<slug:slug>/run/members/<uuid:public_id>/unblock/", people.unblock, name="unblock"),
    path("groups/<slug:slug>/run/requests/<uuid:public_id>/", running.request_detail, name="request"),
    path("groups/<slug:slug>/run/settings/", running.settings, name="settings"),
    path("groups/<slug:slug>/run/door/", running.door, name="door"),
    path("groups/<slug:slug>/run/open/", running.open_, name="open"),
    path("groups/<slug:slug>/run/agreement/", running.agreement_edit, name="agreement-edit"),
    path("groups/<slug:slug>/run/waiting/", offers.waiting, name="waiting"),
    path("manage/groups/", managing.manage, name="manage"),
    path("manage/groups/new/", managing.new, name="new"),
    path("manage/groups/<slug:slug>/facilitators/", managing.appoint, name="appoint"),
    path("manage/wishes/", wishes.wishes, name="wishes"),
    path("manage/wishes/<uuid:public_id>/", wishes.wish_detail, name="wish-detail"),
]
urlpatterns += invitation_urls.urlpatterns
