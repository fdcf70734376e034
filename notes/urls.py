"""Whole addresses of confidential notes. The slug is a neutral pair of words; the id is random."""

from django.urls import path

from notes import views

app_name = "notes"
urlpatterns = [
    path("groups/<slug:slug>/run/notes/", views.note_list, name="list"),
    path("groups/<slug:slug>/run/notes/new/", views.note_create, name="new"),
    path("groups/<slug:slug>/run/notes/<uuid:public_id>/", views.note_detail, name="detail"),
    path("groups/<slug:slug>/run/notes/<uuid:public_id>/add/", views.addition_create, name="add"),
]
