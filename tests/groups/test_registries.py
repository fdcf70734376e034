"""What apps above may add to groups' pages, and what groups tell people."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory as WebRequestFactory
from django.utils.safestring import SafeString

from groups import panels, services, topics
from notices.models import Notice
from notices.registry import topic
from tests.factories import AgreementFactory, FacilitatorFactory, GroupFactory, RequestFactory, UserFactory


@pytest.fixture
def _empty_registries(monkeypatch):
    monkeypatch.setattr(panels, "_panels", {})
    monkeypatch.setattr(panels, "_next_words", {})
    monkeypatch.setattr(panels, "_planned_after", {})


@pytest.mark.usefixtures("_empty_registries")
def test_panels_are_drawn_in_order_and_silent_ones_left_out():
    request, group = WebRequestFactory().get("/"), GroupFactory.build(name="Walk")
    panels.register("b", lambda request, group: SafeString(f"<p>{group.name}</p>"))
    panels.register("silent", lambda request, group: "")
    panels.register("a", lambda request, group: "later")

    assert panels.panels_for(request, group) == ["<p>Walk</p>", "later"]


@pytest.mark.usefixtures("_empty_registries")
def test_two_panels_of_one_name_are_a_mistake_of_ours():
    panels.register("a", str)
    panels.register("a", str)
    with pytest.raises(ValueError, match="two panels called a"):
        panels.register("a", repr)

    panels.register_next_words("a", dict)
    with pytest.raises(ValueError, match="two next words called a"):
        panels.register_next_words("a", list)

    panels.register_planned_after("a", dict)
    with pytest.raises(ValueError, match="two planned afters called a"):
        panels.register_planned_after("a", list)


@pytest.mark.usefixtures("_empty_registries")
def test_nobody_registered_means_no_words():
    assert panels.next_meeting_words([]) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("suffix", ["txt", "html"])
@pytest.mark.parametrize("subject", topics.TOPICS, ids=lambda subject: subject.name)
def test_mail_says_nothing_about_the_group(subject, suffix):
    asked = RequestFactory(group=GroupFactory(name="Bipolar, out loud"), alias="Wren")
    ids = {
        "membership": str(asked.public_id),
        "group": asked.group.slug,
        "day": "2027-03-01",
        "again": True,
        "went": True,
    }

    text = render_to_string(
        f"{subject.template}.{suffix}", {"link": "https://x.example/y", **subject.context(ids, asked.user)}
    )

    assert "https://x.example/y" in text
    for private in ("Bipolar", "Wren", asked.user.email, "support"):
        assert private not in text
        assert private not in subject.line(ids, asked.user)


@pytest.mark.django_db
def test_notices_lead_to_the_page_that_answers_them():
    agreement, user = AgreementFactory(), UserFactory()
    seat = FacilitatorFactory(group=agreement.group)
    asked = services.ask_to_join(user, group=agreement.group, agreement=agreement, alias="Wren")
    services.accept_request(seat.user, membership=asked)

    led = {n.topic: topic(n.topic).link(n.ids, n.user) for n in Notice.objects.filter(topic__startswith="request.")}

    assert led == {
        "request.made": f"/groups/{agreement.group.slug}/run/requests/{asked.public_id}/",
        "request.answered": f"/groups/{agreement.group.slug}/ask/sent/",
    }
