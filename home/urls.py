"""Whole addresses of the pages made of everybody's panels, and of the text pages."""

from django.urls import path

from home.views import front, pages

app_name = "home"
urlpatterns = [
    path("", front.landing, name="landing"),
    path("start/", front.start, name="start"),
    path("how-it-works/", pages.how_it_works, name="how-it-works"),
    path("privacy/", pages.privacy, name="privacy"),
    path("safety-online/", pages.safety_online, name="safety-online"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("about/", pages.about, name="about"),
]
