"""What a person was told, and the one click that ends mails of a kind: whole paths, for they stand in two places."""

from django.urls import path

from notices.views import listing, unsubscribing

app_name = "notices"
urlpatterns = [
    path("notices/", listing.notice_list, name="list"),
    path("notices/read/", listing.read_all, name="read-all"),
    path("notices/<uuid:public_id>/", listing.notice_open, name="open"),
    path("m/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
]
