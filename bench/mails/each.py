"""One Celery task a member, as it is mostly done: read, ask, write the mail, send it, mark it."""

from datetime import date

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from peerhub.celery import app


@app.task(name="bench.mails.each.ask")
def ask(user_id: int, week: str) -> None:
    from checkins.letters import link_path  # noqa: PLC0415
    from checkins.models import CheckIn  # noqa: PLC0415
    from groups.models import Membership  # noqa: PLC0415
    from people.models import User  # noqa: PLC0415

    user = User.objects.get(pk=user_id)
    checkin = CheckIn.objects.get(user=user, week=date.fromisoformat(week))
    if not user.is_active or not Membership.objects.filter(user=user, state="active").exists():
        return
    words = {"link": f"https://peers.example.org{link_path(checkin)}"}
    text, html = (render_to_string(f"notices/mail/discreet.{kind}", words) for kind in ("txt", "html"))
    mail = EmailMultiAlternatives("A message for you", text, None, [user.email])
    mail.attach_alternative(html, "text/html")
    mail.send()
    checkin.told_at = timezone.now()
    checkin.save()
