"""Messages to an operator: a webhook, a Slack-compatible one, e-mail.

Belongs here: how a message is sent, and keeping addresses, tokens and passwords out of every fault. Does not: what is
sent and when (operations/alerts.py).
"""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from epg_pipeline.errors import NotifyError, redact_url
from epg_pipeline.settings import NotifySettings

TIMEOUT_SECONDS = 5.0  # seconds: a sensor's tick waits for it
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Message:
    """A line that says it all, the text below it, and the same for programs."""

    title: str
    text: str
    fields: Mapping[str, object] = field(default_factory=dict)


class Channel(Protocol):
    """A way to an operator."""

    @property
    def name(self) -> str:
        """What the record calls it."""

    def send(self, message: Message) -> None:
        """Deliver it. NotifyError when that fails."""


@dataclass(frozen=True)
class Webhook:
    """POSTs the message's fields as JSON, with its title and text."""

    address: str = field(repr=False)
    name: str = "webhook"

    def send(self, message: Message) -> None:
        """Deliver it; any status but 2xx is a fault."""
        _post(self.address, {"title": message.title, "text": message.text, **message.fields})


@dataclass(frozen=True)
class Slack:
    """POSTs the text to an incoming webhook as Slack, Mattermost, Rocket.Chat and Discord (…/slack) take it."""

    address: str = field(repr=False)
    name: str = "slack"

    def send(self, message: Message) -> None:
        """Deliver it; what Slack would read as a link or a mention stays text."""
        text = f"{message.title}\n{message.text}"
        for mark, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = text.replace(mark, written)
        _post(self.address, {"text": text})


@dataclass(frozen=True)
class Mail:
    """Mails by an SMTP server: smtp://USER:PASSWORD@HOST:587?to=A,B&from=C, or smtps:// where TLS comes first."""

    address: str = field(repr=False)
    name: str = "mail"

    def send(self, message: Message) -> None:
        """Deliver it to all recipients. A password is sent over TLS only, unless the server is on this machine."""
        try:
            self._send(message)
        except (OSError, smtplib.SMTPException, ValueError) as fault:  # a ValueError: no port, or no mail address
            # The server's answer may quote secrets of the request, so only its code is shown.
            code = getattr(fault, "smtp_code", None)
            raise NotifyError(f"{self._host()}: {type(fault).__name__}{f' {code}' if code else ''}") from None

    def _send(self, message: Message) -> None:
        parts = urlsplit(self.address)
        options = parse_qs(parts.query)
        to = [address for text in options.get("to", []) for address in text.split(",") if address]
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not to:
            raise NotifyError("EPG_NOTIFY_MAIL is not written as smtp://USER:PASSWORD@HOST:587?to=ADDRESS&from=ADDRESS")
        mail = EmailMessage()
        mail["Subject"], mail["To"] = message.title, ", ".join(to)
        mail["From"] = options.get("from", [to[0]])[0]
        mail.set_content(message.text)
        host = parts.hostname
        with _session(parts.scheme, host, parts.port) as session:
            _log_in(session, parts.scheme, host, unquote(parts.username or ""), unquote(parts.password or ""))
            session.send_message(mail)

    def _host(self) -> str:
        try:
            return urlsplit(self.address).hostname or "EPG_NOTIFY_MAIL"
        except ValueError:
            return "EPG_NOTIFY_MAIL"


def channels(settings: NotifySettings) -> tuple[Channel, ...]:
    """The ways that are set up."""
    ways = ((Webhook, settings.webhook), (Slack, settings.slack), (Mail, settings.mail))
    return tuple(way(address) for way, address in ways if address)


def _post(address: str, body: Mapping[str, object]) -> None:
    import httpx

    try:
        answer = httpx.post(address, json=body, timeout=TIMEOUT_SECONDS, headers={"User-Agent": "epg-pipeline"})
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        raise NotifyError(f"{redact_url(address)}: {type(fault).__name__}") from None
    if not answer.is_success:
        raise NotifyError(f"{redact_url(address)}: HTTP {answer.status_code}")


def _session(scheme: str, host: str, port: int | None) -> AbstractContextManager[smtplib.SMTP]:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, port or 587, timeout=TIMEOUT_SECONDS)


def _log_in(session: smtplib.SMTP, scheme: str, host: str, user: str, password: str) -> None:
    session.ehlo()
    is_closed = scheme == "smtps"
    if not is_closed and session.has_extn("starttls"):
        session.starttls(context=ssl.create_default_context())
        session.ehlo()
        is_closed = True
    if not user:
        return
    if not is_closed and host not in LOOPBACK:
        raise NotifyError(f"{host}: offers no TLS, so the password is not sent; use smtps:// or another server")
    session.login(user, password)
