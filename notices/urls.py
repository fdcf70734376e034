"""/notices/: what a person was told."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notice_list, name="list"),
    path("<uuid:public_id>/", views.notice_open, name="open"),
]
