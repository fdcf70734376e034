"""The demo's mailbox shows what was sent, and exists nowhere else."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import NoReverseMatch, include, path, reverse

from peerhub.urls import handler404  # noqa: F401  # handler404 makes this a whole URLconf
from peerhub.urls import urlpatterns as real

urlpatterns = [*real, path("demo/mailbox/", include("peerhub.mailbox"))]

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings, organisation):
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def send(*texts, html=""):
    """Mails over one connection: Django writes them into one file."""
    connection = get_connection("django.core.mail.backends.filebased.EmailBackend")
    connection.open()
    for text in texts:
        message = EmailMultiAlternatives("A message for you", text, "hello@example.org", ["a@example.org"])
        if html:
            message.attach_alternative(html, "text/html")
        connection.send_messages([message])
    connection.close()


def test_there_is_no_mailbox_outside_the_demo():
    with pytest.raises(NoReverseMatch):
        reverse("mailbox:list")


@pytest.mark.urls(__name__)
def test_an_empty_mailbox_says_what_to_do(client, folder):
    assert "No mail yet" in client.get("/demo/mailbox/").content.decode()


@pytest.mark.urls(__name__)
def test_the_newest_mail_stands_first(client, folder):
    send("first", "second " + "-" * 79)

    texts = [mail.text.strip() for mail in client.get("/demo/mailbox/").context["mails"]]

    assert texts == ["second " + "-" * 79, "first"]


@pytest.mark.urls(__name__)
def test_a_mail_is_shown_as_text_with_its_links_and_nothing_that_runs(client, folder):
    send("Open https://example.org/c/abc/ <script>alert(1)</script>", html="<b>html</b>")
    (mail,) = client.get("/demo/mailbox/").context["mails"]

    page = client.get(reverse("mailbox:mail", args=[mail.file, mail.number])).content.decode()

    assert '<a href="https://example.org/c/abc/" rel="nofollow">' in page
    assert "<script>alert" not in page
    assert "<b>html</b>" not in page


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["nothing/0/", "..%2F..%2Fetc%2Fpasswd/0/"])
def test_what_is_not_in_the_folder_is_not_there(client, folder, address):
    send("a mail")

    assert client.get(f"/demo/mailbox/{address}").status_code == 404
