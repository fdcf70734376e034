"""Tokens in links of mails: only we make them, only we read them, and no two are alike."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest

from people.letters import close_token, open_token

SAID = b"0123456789abcdef!"
LONG = len(SAID)


def opened(token, purpose="test", long=LONG):
    return open_token(purpose, token, long=long)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "!" * 60,
        "é" * 60,
        "A" * 60,
        "A" * 61,
        "\x00" * 60,
        "=" * 60,
        "A" * 10**6,
        "A" * 59 + "=",
        " " + "A" * 59,
    ],
)
def test_what_is_not_ours_opens_nothing(token):
    assert opened(token) is None


def test_it_says_what_was_said_and_nothing_for_another_purpose_or_length():
    token = close_token("test", SAID)

    assert opened(token) == SAID
    assert [opened(token, "another"), opened(token, long=16), opened(token, long=18)] == [None] * 3


def test_no_letter_of_it_can_be_changed_left_out_or_added():
    token = close_token("test", SAID)
    changed = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    shorter = [token[:at] + token[at + 1 :] for at in range(len(token))]

    assert {opened(bad) for bad in [*changed, *shorter, f"{token}A", f"{token}=", f"{token}AAAA"]} == {None}


def test_no_two_are_alike_all_are_of_one_length_and_none_holds_what_it_says():
    tokens = [close_token("test", SAID) for _ in range(200)]
    pieces = [urlsafe_b64decode(token)[at : at + 6] for token in tokens for at in range(40)]

    assert {len(token) for token in tokens} == {60}
    assert len(set(pieces)) == len(pieces)  # no six bytes stand in two of them, nor twice in one
    assert not any(SAID[:4] in urlsafe_b64decode(token) for token in tokens)
    assert set("".join(tokens)) <= set(urlsafe_b64encode(bytes(range(256)) * 3).decode())


def test_a_key_that_was_changed_since_still_opens_it_as_long_as_it_is_kept(settings):
    token = close_token("test", SAID)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key of fifty letters " * 2
    assert opened(token) == SAID

    settings.SECRET_KEY_FALLBACKS = []
    assert opened(token) is None
