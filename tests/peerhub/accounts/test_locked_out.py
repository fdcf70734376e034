"""Nobody is locked out by a stranger (T2)."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.peerhub.accounts.world import PASSWORD, home, member

pytestmark = pytest.mark.django_db


def sign_in(browser, email, password, ip):
    return browser.post(reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=ip)


def test_six_wrong_passwords_from_one_network_are_enough():
    user = member()
    for _ in range(5):
        sign_in(Client(), user.email, "wrong", "192.0.2.1")

    page = sign_in(Client(), user.email, PASSWORD, "192.0.2.1")

    assert "Wait five minutes" in page.content.decode()


def test_a_stranger_elsewhere_locks_nobody_out():
    user = member()
    for _ in range(6):
        sign_in(Client(), user.email, "wrong", "192.0.2.1")

    assert sign_in(Client(), user.email, PASSWORD, "198.51.100.7")["Location"] == home()


def test_an_own_device_gets_in_twenty_times_during_an_attack_from_the_same_network():
    user, device = member(), Client()
    device.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "remember": "on"})

    for _ in range(20):
        sign_in(Client(), user.email, "wrong", "127.0.0.1")
        device.post(reverse("account_logout"))
        assert sign_in(device, user.email, PASSWORD, "127.0.0.1")["Location"] == home()


def test_an_own_device_has_a_limit_too():
    user, device = member(), Client()
    device.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "remember": "on"})
    device.post(reverse("account_logout"))
    for _ in range(5):
        sign_in(device, user.email, "wrong", "127.0.0.1")

    page = sign_in(device, user.email, PASSWORD, "127.0.0.1")

    assert "Wait five minutes" in page.content.decode()


@pytest.mark.parametrize("forged", ["nonsense", "nonsense.nonsense", "."])
def test_a_made_up_device_counts_as_a_stranger(forged):
    user, browser = member(), Client()
    browser.cookies["known-device"] = forged
    for _ in range(5):
        sign_in(browser, user.email, "wrong", "192.0.2.1")

    assert "Wait five minutes" in sign_in(browser, user.email, PASSWORD, "192.0.2.1").content.decode()
