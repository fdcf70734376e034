"""Whole addresses of notes, reports and concerns. The slug is a neutral pair of words; the ids are random."""

from django.urls import path

from notes.views import concerns, notes, reports

app_name = "notes"
urlpatterns = [
    path("groups/<slug:slug>/run/notes/", notes.note_list, name="list"),
    path("groups/<slug:slug>/run/notes/new/", notes.note_create, name="new"),
    path("groups/<slug:slug>/run/notes/<uuid:public_id>/", notes.note_detail, name="detail"),
    path("groups/<slug:slug>/run/notes/<uuid:public_id>/add/", notes.addition_create, name="add"),
    path("concerns/", concerns.concern_list, name="concerns"),
    path("concerns/<uuid:public_id>/", concerns.concern, name="concern"),
    path("concerns/<uuid:public_id>/sent/", concerns.concern_sent, name="concern-sent"),
    path("concerns/<uuid:public_id>/add/", concerns.add, name="concern-add"),
    path("concerns/<uuid:public_id>/close/", concerns.close, name="concern-close"),
    path("report/<slug:kind>/<slug:key>/", reports.make, name="report-make"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/<uuid:public_id>/", reports.report, name="report"),
    path("reports/<uuid:public_id>/close/", reports.close, name="report-close"),
    path("you/reports/", reports.made, name="reports-made"),
]
