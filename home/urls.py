"""Whole addresses of the pages made of everybody's panels, and of the text pages."""

from django.urls import path

from home.views import (
    closing,
    facilitator,
    front,
    help_card,
    invitations,
    load,
    manage,
    member,
    members,
    overview,
    pages,
    record,
    you,
)

app_name = "home"
urlpatterns = [
    path("", front.landing, name="landing"),
    path("start/", front.start, name="start"),
    path("home/", member.home, name="home"),
    path("today/", facilitator.today, name="today"),
    path("help-card/", help_card.help_card, name="help-card"),
    path("sessions/<uuid:public_id>/help-card/", help_card.help_card_of, name="help-card-of"),
    path("sessions/<uuid:public_id>/run-sheet/print/", help_card.run_sheet_print, name="run-sheet-print"),
    path("sessions/<uuid:public_id>/close/", closing.close, name="close"),
    path("groups/<slug:slug>/run/", facilitator.workspace, name="workspace"),
    path("how-it-works/", pages.how_it_works, name="how-it-works"),
    path("privacy/", pages.privacy, name="privacy"),
    path("safety-online/", pages.safety_online, name="safety-online"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("about/", pages.about, name="about"),
    path("you/", you.you, name="you"),
    path("you/names/", you.names, name="names"),
    path("you/data/", you.data, name="data"),
    path("manage/", overview.overview, name="overview"),
    path("manage/setup/", manage.setup, name="setup"),
    path("manage/settings/", manage.settings, name="settings"),
    path("manage/load/", load.load, name="load"),
    path("manage/members/", members.members, name="members"),
    path("manage/members/invite/", invitations.invitation_create, name="invite"),
    path("manage/members/invitations/", invitations.invitation_list, name="invitations"),
    path(
        "manage/members/invitations/<uuid:public_id>/revocation/",
        invitations.invitation_revoke,
        name="invitation-revoke",
    ),
    path("manage/members/<uuid:public_id>/", members.member, name="member"),
    path("manage/members/<uuid:public_id>/suspension/", members.suspend, name="suspend"),
    path("manage/members/<uuid:public_id>/return/", members.reinstate, name="reinstate"),
    path("manage/audit/", record.audit, name="audit"),
]
