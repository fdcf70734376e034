"""Whole addresses of confidential notes. The slug is a neutral pair of words; the id is random."""

from django.urls import path

from notes.views import notes

app_name = "notes"
urlpatterns = [
    path("groups/<slug:slug>/run/notes/", notes.note_list, name="list"),
    path("groups/<slug:slug>/run/notes/new/", notes.note_create, name="new"),
    path("groups/<slug:slug>/run/notes/<uuid:public_id>/", notes.note_detail, name="detail"),
    path("groups/<slug:slug>/run/notes/<uuid:public_id>/add/", notes.addition_create, name="add"),
]
