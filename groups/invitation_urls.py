"""Addresses of the ways in from outside. `groups.urls` takes them into its namespace."""

from django.urls import path

from groups import invitation_views
from groups.views import coming, inviting

urlpatterns = [
    path("come/<str:token>/", coming.come, name="come"),
    path("groups/<slug:slug>/run/invite/", inviting.letters, name="letters"),
    path("groups/<slug:slug>/run/invite/<uuid:public_id>/again/", inviting.letter_again, name="letter-again"),
    path("groups/<slug:slug>/run/invite/<uuid:public_id>/revocation/", inviting.letter_revoke, name="letter-revoke"),
    path("groups/<slug:slug>/run/link/", inviting.link, name="link"),
    path("groups/<slug:slug>/run/link/revocation/", inviting.link_revoke, name="link-revoke"),
    path("invitations/<str:token>/", invitation_views.invitation, name="invitation"),
]
