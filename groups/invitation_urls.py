"""Addresses of invitations. `groups.urls` takes them into its namespace."""

from django.urls import path

from groups import invitation_views

urlpatterns = [path("invitations/<str:token>/", invitation_views.invitation, name="invitation")]
