"""The pages on which somebody changes, cancels and puts back."""

from datetime import UTC, date, datetime, time
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from sessions import services
from sessions.models import GroupSession, Series
from tests import factories
from tests.sessions.pages.world import url, words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def facilitator():
    return factories.FacilitatorFactory(alias="Marisol").user


@pytest.fixture
def series(facilitator):
    group = facilitator.memberships.get().group
    plan = {"starts_on": date(2027, 1, 5), "starts_at": time(19), "minutes": 75, "count": 6, "capacity": 10}
    series = services.create_series(facilitator, group=group, lead=facilitator, **plan)
    member = factories.MembershipFactory(group=group).user
    for session in series.sessions.all():
        factories.SeatFactory(session=session, user=member)
    return series


@pytest.fixture
def page(client, facilitator):
    client.force_login(facilitator)
    return client


def nth(number):
    return GroupSession.objects.select_related("group", "series").order_by("pk")[number]


def fields(response):
    """What a browser would send of the page as it stands."""
    form = response.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent["seen"], outcome = form.version, response.context["outcome"]
    return sent | ({"said": outcome.token} if outcome else {})


def send(page, session, *, preview=False, **typed):
    sent = fields(page.get(url("change", session))) | typed
    looked = page.post(url("change", session), sent | {"preview": "1"})
    return looked if preview else page.post(url("change", session), fields(looked))


def test_one_session_is_looked_at_and_then_moved(page, series):
    looked = send(page, nth(2), preview=True, local_time="19:30", ends_at="20:45")
    text = words(looked)

    assert "1 session moves: Tuesday 19 January, 7:30 to 8:45 pm instead of Tuesday 19 January, 7:00 pm" in text
    assert "Change 1 session, tell 1 person" in text
    assert nth(2).local_time == time(19)

    assert page.post(url("change", nth(2)), fields(looked)).url == nth(2).get_absolute_url()
    assert (nth(2).local_time, nth(2).minutes, nth(3).local_time) == (time(19, 30), 75, time(19))


def test_this_and_following(page, series):
    done = send(page, nth(2), scope="following", local_date="2027-01-20")

    assert done.url == reverse("home:workspace", args=[series.group.slug])
    assert [row.local_date.day for row in GroupSession.objects.order_by("pk")] == [5, 12, 20, 27, 3, 10]


def test_a_button_that_never_spoke_changes_nothing(page, series):
    sent = fields(page.get(url("change", nth(2)))) | {"scope": "all", "local_time": "20:00", "ends_at": "21:00"}

    answer = page.post(url("change", nth(2)), sent)

    assert (answer.status_code, "Nothing is changed yet" in words(answer)) == (200, True)
    assert Series.objects.count() == 1


@pytest.fixture
def monthly(facilitator):
    """Every second Tuesday of a month, from January to June."""
    group = facilitator.memberships.get().group
    plan = {"starts_on": date(2027, 1, 12), "starts_at": time(19), "minutes": 75, "count": 6, "nth": 2}
    return services.create_series(facilitator, group=group, **plan)


def asked(response):
    """The days of the month that are offered, and which of them is chosen."""
    return [(number, chosen) for number, _words, chosen in response.context["form"].nths]


def test_a_fourth_day_of_the_month_that_is_the_last_too_is_asked_for(page, monthly):
    looked = send(page, nth(1), preview=True, scope="following", local_date="2027-02-23")

    assert asked(looked) == [(4, True), (-1, False)]
    assert "The fourth Tuesday" in words(looked)
    assert "The last Tuesday" in words(looked)

    done = send(page, nth(1), scope="following", local_date="2027-02-23", nth="-1")

    assert done.status_code == 302
    dates = GroupSession.objects.scheduled().order_by("starts_at").values_list("local_date", flat=True)
    assert [day.strftime("%d.%m") for day in dates] == ["12.01", "23.02", "30.03", "27.04"]
    assert Series.objects.latest("pk").ends_on == date(2027, 6, 29)
    assert asked(send(page, nth(1), preview=True, scope="following", local_time="19:15")) == [(4, False), (-1, True)]


@pytest.mark.parametrize(
    "typed",
    [
        {"scope": "one", "local_date": "2027-02-23"},
        {"scope": "following", "local_date": "2027-02-16"},
        {"scope": "following", "local_date": "2027-02-23", "how_often": "2", "ends_on": "2027-06-22"},
    ],
    ids=["this one alone", "the third", "by weeks"],
)
def test_nothing_is_asked_where_the_day_of_the_month_is_clear(page, monthly, typed):
    looked = send(page, nth(1), preview=True, **typed)
    assert looked.context["outcome"] is not None
    assert asked(looked) == []


def test_a_day_of_the_month_that_is_none_is_refused(page, monthly):
    answer = send(page, nth(1), preview=True, scope="following", local_date="2027-02-23", nth="3")
    assert answer.status_code == 422
    assert answer.context["form"].errors["nth"] == ["Choose one of the two"]
    assert asked(answer) == []


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"local_date": "2026-11-20"}, "local_date", "has passed. Choose a later time"),
        ({"local_date": "2027-01-12"}, "local_date", "The group already meets then: Tuesday 12 January, 7:00 pm"),
        ({"local_date": "2028-01-12"}, "local_date", "Choose a day within the next 12 months"),
        ({"ends_at": "19:01"}, "ends_at", "Choose an end from 5 minutes to 12 hours after the start"),
        ({"local_date": "2027-03-28", "local_time": "01:30", "ends_at": "03:00"}, "local_time", "the clocks jump over"),
        ({"scope": "all", "ends_on": "2040-01-01"}, "ends_on", "That makes more than 400 sessions"),
        ({"scope": "following", "ends_on": "2027-01-04"}, "ends_on", "That makes no session"),
        ({"how_often": "9"}, "how_often", "Say how often"),
        ({"scope": "some"}, "scope", "Say which sessions you mean"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_nothing_typed_is_lost(page, series, typed, field, sentence):
    answer = send(page, nth(2), preview=True, plan="A walk by the sea", **typed)

    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert {name: str(answer.context["form"][name].value()) for name in typed} == typed
    assert "A walk by the sea" in answer.content.decode()


def test_the_second_of_two_sees_what_stands_now_and_keeps_what_they_typed(page, series, facilitator):
    sent = fields(page.get(url("change", nth(2)))) | {"plan": "A walk by the sea"}
    GroupSession.objects.filter(pk=nth(2).pk).update(capacity=4)

    answer = page.post(url("change", nth(2)), sent)

    assert "Somebody changed this while your page was open" in words(answer)
    assert "A walk by the sea" in answer.content.decode()
    assert (nth(2).capacity, nth(2).plan) == (4, "")


@pytest.mark.parametrize("scope", ["one", "following", "all"])
def test_a_double_click_is_harmless(page, series, scope):
    looked = send(page, nth(2), preview=True, scope=scope, local_time="18:00", ends_at="19:15")

    answers = [page.post(url("change", nth(2)), fields(looked)).status_code for _click in range(2)]

    assert answers == [302, 302]
    assert Series.objects.count() == (1 if scope == "one" else 2)
    assert set(GroupSession.objects.values_list("sequence", flat=True)) <= {0, 1}


def test_a_session_of_no_series_is_asked_for_no_rhythm(page, facilitator):
    session = factories.SessionFactory(group=facilitator.memberships.get().group)

    form = page.get(url("change", session)).context["form"]

    assert not {"scope", "how_often", "ends_on"} & set(form.fields)


def test_what_has_begun_or_is_cancelled_is_refused_kindly(page, series, facilitator):
    services.cancel_session(facilitator, session=nth(1))

    answer = page.get(url("change", nth(1)))

    assert (answer.status_code, "can be put back on its page" in words(answer)) == (409, True)


# -- cancelling and putting back -----------------------------------------------------------------
def test_cancelling_happens_at_once_and_can_be_undone(page, series):
    after = page.post(url("cancel", nth(1)), follow=True)
    assert "Mail about it leaves in 15 minutes" in words(after)
    assert url("put-back", nth(1)) in after.content.decode()

    again = page.post(url("put-back", nth(1)), follow=True)

    assert "It takes place after all" in words(again)
    assert nth(1).state == "scheduled"


def test_whoever_is_wanted_elsewhere_is_named_with_a_way_out(page, series, facilitator):
    page.post(url("cancel", nth(1)))
    factories.booking(factories.SessionFactory(starts_at=nth(1).starts_at), host=facilitator)

    asked = page.post(url("put-back", nth(1)))
    assert (asked.status_code, "Marisol leads another session then" in words(asked)) == (409, True)
    page.post(url("put-back", nth(1)), {"without": "1"})

    assert (nth(1).state, nth(1).bookings.count()) == ("scheduled", 0)


def test_the_workspace_says_what_was_moved_and_offers_to_put_back(page, series, facilitator):
    send(page, nth(0), local_time="19:30", ends_at="20:45")
    send(page, nth(2), local_date="2027-01-20")
    page.post(url("cancel", nth(1)))

    shown = page.get(reverse("home:workspace", args=[series.group.slug]))

    assert "Moved from 7:00 pm" in words(shown)
    assert "Moved from 19 January" in words(shown)
    assert "Cancelled. Members were told on 21 November" in words(shown)
    assert page.post(url("put-back", nth(1)), {"next": "/groups/"}).url == "/groups/"


def test_a_series_is_cancelled_after_a_look(page, series):
    address = reverse("sessions:series-cancel", args=[series.public_id])
    looked = page.get(f"{address}?{urlencode({'since': nth(2).public_id})}")
    assert "Cancel 4 sessions?" in words(looked)
    assert "1 person who has a seat, waits for one or leads is told, once" in words(looked)

    page.post(address, {"since": nth(2).public_id})
    assert "".join(row.state[0] for row in GroupSession.objects.order_by("pk")) == "sscccc"
    page.post(address)

    assert not GroupSession.objects.filter(state="scheduled").exists()
    assert "Nothing to cancel" in words(page.get(address))


@pytest.mark.parametrize("since", ["elsewhere", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_session_that_is_not_of_the_series_cancels_nothing(page, series, since):
    address = reverse("sessions:series-cancel", args=[series.public_id])
    other = factories.SessionFactory(group=series.group)  # such as one that a colleague moved to a series of its own
    sent = {"since": str(other.public_id) if since == "elsewhere" else since}

    assert page.get(f"{address}?{urlencode(sent)}").status_code == 404
    assert page.post(address, sent).status_code == 404
    assert not GroupSession.objects.filter(state="cancelled").exists()


def test_a_member_sees_neither(client, series):
    client.force_login(factories.MembershipFactory(group=series.group).user)

    assert client.get(url("change", nth(1))).status_code == 403
    assert client.post(url("put-back", nth(1))).status_code == 403
    assert client.post(reverse("sessions:series-cancel", args=[series.public_id])).status_code == 403
    assert url("change", nth(1)) not in client.get(nth(1).get_absolute_url()).content.decode()
