"""A mail server that keeps what it takes, and can refuse, hang, be busy, die and come back."""

import asyncio
import socket
from collections import Counter
from email import message_from_bytes
from typing import NamedTuple

from aiosmtpd.controller import Controller


class Mail(NamedTuple):
    to: str
    identity: str
    raw: bytes


class Sink:
    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.controller = None
        self.forget()

    def forget(self):
        """Empty, and friendly to everybody."""
        self.mails = []
        self.says = {}  # address -> what it is answered instead of 250
        self.hangs = set()  # addresses whose mail is taken and never answered
        self.busy = ""  # what every sender is answered
        self.before = self.after = lambda mail: None  # what happens around the moment at which a mail is kept

    def start(self):
        if self.controller is None:
            self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
            self.controller.start()

    def stop(self):
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.busy:
            return self.busy
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 go on"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.says:
            return self.says[address]
        envelope.rcpt_tos.append(address)
        return "250 go on"

    async def handle_DATA(self, server, session, envelope):
        mail = Mail(envelope.rcpt_tos[0], message_from_bytes(envelope.content)["Message-ID"], envelope.content)
        if mail.to in self.hangs:
            await asyncio.sleep(30)
        self.before(mail)
        self.mails.append(mail)
        self.after(mail)
        return "250 kept"

    @property
    def identities(self):
        """How often each mail came."""
        return Counter(mail.identity for mail in self.mails)

    @property
    def readers(self):
        """How many different mails each person got."""
        return Counter(to for to, _identity in {(mail.to, mail.identity) for mail in self.mails})
