"""Addresses of resources."""

from django.urls import path

from resources import views

app_name = "resources"
urlpatterns = [
    path("resources/", views.resource_list, name="list"),
    path("resources/<slug:slug>/", views.resource_detail, name="detail"),
    path("help/", views.help_now, name="help"),
    path("manage/resources/", views.manage, name="manage"),
    path("manage/resources/new/", views.resource_new, name="new"),
    path("manage/resources/<uuid:public_id>/", views.resource_edit, name="edit"),
    path("manage/resources/<uuid:public_id>/check/", views.check_create, name="check"),
    path("manage/help-lines/", views.lines, name="lines"),
    path("manage/help-lines/new/", views.line_new, name="line-new"),
    path("manage/help-lines/confirm/", views.lines_confirm, name="lines-confirm"),
    path("manage/help-lines/<uuid:public_id>/", views.line_edit, name="line-edit"),
    path("manage/help-lines/<uuid:public_id>/up/", views.line_up, name="line-up"),
    path("manage/help-lines/<uuid:public_id>/retirement/", views.line_retire, name="line-retire"),
]
