"""Incidents and their messages: each sent once to each channel, none lost, and no address ever shown."""

from __future__ import annotations

import json
import smtplib
import socketserver
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from environment import settings_of

from epg_pipeline.adapters.delivery.notify import Mail, Message, Slack, Webhook, channels
from epg_pipeline.adapters.store.incidents import MAX_TRIES, Failure
from epg_pipeline.adapters.store.publications import Publication
from epg_pipeline.errors import NotifyError
from epg_pipeline.operations.alerts import MAX_SINGLE, send_alerts
from epg_pipeline.settings import NotifySettings

TOKEN = "t0ken-s3cret"
DAY = date(2026, 11, 21)
BROKEN = Failure("guide", "2026-11-21: ValueError: no", "demo", DAY)


class Hook:
    """A loopback web hook: it remembers the bodies it was sent and answers with the status given."""

    def __init__(self) -> None:
        self.status, self.bodies = 200, []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.status == 200:
                    hook.bodies.append(json.loads(body))
                self.send_response(hook.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/services/{TOKEN}"


class Letterbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a letter needs."""

    def handle(self):
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.partition(" ")[0].upper()
            if verb == "EHLO":
                self._say("250-here\r\n250 AUTH PLAIN LOGIN")
            elif verb == "AUTH":
                self._say("235 in" if self.server.lets_in else f"535 no {line}")
            elif verb == "DATA":
                self._say("354 go on")
                letter = []
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    letter.append(text)
                self.server.letters.append("\n".join(letter))
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self.server.said.append(line)
                self._say("250 well")

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def serving(server):
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)


@pytest.fixture
def hook():
    made = Hook()
    with serving(made.server):
        yield made


@pytest.fixture
def post():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Letterbox)
    server.letters, server.said, server.lets_in = [], [], True
    with serving(server):
        server.address = f"smtp://carol:{TOKEN}@127.0.0.1:{server.server_address[1]}?to=a@example.org,b@example.org&from=c@example.org"
        yield server


def to_notify(store, channel="webhook", minutes=0):
    return store.incidents.to_notify(channel, datetime.now(UTC) + timedelta(minutes=minutes))


def test_an_incident_is_one_message_and_its_recovery_another(store, provider, hook):
    ways = [Webhook(hook.address)]
    for _ in range(3):  # seen again and again
        store.incidents.note_failure(BROKEN)
        send_alerts(store, ways)
    (body,) = hook.bodies
    assert (body["event"], body["subject"], body["provider"], body["day"]) == (
        "failure", "guide of demo", "demo", "2026-11-21",
    )  # fmt: skip
    assert body["reason"] == "2026-11-21: ValueError: no"
    assert store.incidents.open()[0].seen == 3
    assert store.incidents.note_recoveries([("guide", "demo")], DAY) == 1
    assert store.incidents.note_recoveries([("guide", "demo")], DAY) == 0
    for _ in range(2):
        send_alerts(store, ways)
    assert [one["event"] for one in hook.bodies] == ["failure", "recovery"]
    assert hook.bodies[1]["until"]
    store.incidents.note_failure(BROKEN)
    send_alerts(store, ways)
    assert [one["event"] for one in hook.bodies] == ["failure", "recovery", "failure"]


def test_only_the_failed_day_or_a_later_one_is_a_recovery(store, provider):
    store.incidents.note_failure(BROKEN)
    assert store.incidents.note_recoveries([("guide", "demo")], DAY - timedelta(days=1)) == 0
    assert store.incidents.note_recoveries([("guide", "demo")], DAY + timedelta(days=1)) == 1


def test_each_channel_is_notified_in_its_own_way(store, provider, hook, post):
    store.incidents.note_failure(BROKEN)
    ways = channels(NotifySettings(webhook=hook.address, slack=hook.address, mail=post.address))
    assert send_alerts(store, ways) == (3, [])
    assert [set(body) for body in hook.bodies] == [
        {"title", "text", "event", "incident", "subject", "provider", "day", "reason", "remedy", "since", "until"},
        {"text"},
    ]
    (letter,) = post.letters
    assert "Subject: epg: guide of demo fails" in letter
    assert "ValueError: no" in letter
    assert [line for line in post.said if line.upper().startswith("RCPT")] == [
        "rcpt TO:<a@example.org>", "rcpt TO:<b@example.org>",
    ]  # fmt: skip
    assert send_alerts(store, ways) == (0, [])


def test_a_message_that_fails_is_tried_again_later_and_not_for_ever(store, provider, hook):
    hook.status = 500
    store.incidents.note_failure(BROKEN)
    sent, problems = send_alerts(store, [Webhook(hook.address)])
    assert sent == 0
    assert problems == [f"webhook: http://127.0.0.1:{hook.server.server_port}/…: HTTP 500 (try 1)"]
    assert to_notify(store) == []  # not at once
    (waiting,) = to_notify(store, minutes=1)
    assert waiting.tries == 1
    hook.status = 200
    store.incidents.note_notified("webhook", [waiting], datetime.now(UTC))
    assert to_notify(store, minutes=1) == []

    store.incidents.note_failure(Failure("events", "no source answers"))
    later = 0
    for _ in range(MAX_TRIES):
        later += 121
        (waiting,) = to_notify(store, minutes=later)
        at = datetime.now(UTC) + timedelta(minutes=later)
        store.incidents.note_not_notified("webhook", [waiting], at, "HTTP 500")
    assert to_notify(store, minutes=later + 10_000) == []
    assert [one.title for one in store.incidents.open()] == ["guide of demo", "events"]


@pytest.mark.parametrize("place", [f"carol:{TOKEN}@mail.example:port", f"carol:{TOKEN}@[mail.example"])
def test_an_address_that_is_none_is_a_message_that_fails_and_nothing_more(store, provider, hook, place):
    store.incidents.note_failure(BROKEN)
    sent, (problem,) = send_alerts(store, [Mail(f"smtp://{place}?to=a@example.org"), Webhook(hook.address)])
    assert sent == 1
    assert problem.endswith(": ValueError (try 1)")
    assert TOKEN not in problem


def test_an_incident_not_reported_before_its_end_is_reported_then(store, provider, hook):
    hook.status = 500
    store.incidents.note_failure(BROKEN)
    send_alerts(store, [Webhook(hook.address)])
    store.incidents.note_recoveries([("guide", "demo")], DAY)
    hook.status = 200
    send_alerts(store, [Webhook(hook.address)])
    (body,) = hook.bodies
    assert body["event"] == "recovery"
    assert "ValueError: no" in body["text"]


def test_an_outage_of_many_is_one_message(store, hook):
    for number in range(MAX_SINGLE + 1):
        store.incidents.note_failure(Failure(f"thing {number}", "no network"))
    send_alerts(store, [Webhook(hook.address)])
    (body,) = hook.bodies
    assert body["title"] == f"epg: {MAX_SINGLE + 1} failing, 0 working again"
    assert [one["subject"] for one in body["incidents"]] == [f"thing {number}" for number in range(MAX_SINGLE + 1)]


def test_the_record_itself_opens_and_closes_incidents(store, provider):
    def noted(problem):
        store.playlists.begin(["demo"])
        store.playlists.note_poll("demo", datetime.now(UTC), problem)
        store.incidents.note_standing_faults()
        return [(one.title, one.reason, one.seen) for one in store.incidents.open()]

    assert noted("HTTP 404") == [("playlist of demo", "HTTP 404", 1)]
    assert noted("HTTP 404") == [("playlist of demo", "HTTP 404", 1)]
    assert noted("HTTP 403") == [("playlist of demo", "HTTP 403", 2)]
    with store.connections.transaction() as connection:
        connection.execute(
            "INSERT INTO uploads (provider_id, bucket, key, sha256, status, reason) "
            "VALUES (%s, 'b', 'epg/demo/guide.xml', repeat('0', 64), 'failed', 'HTTP 500')",
            (provider.id,),
        )
    assert noted("") == [
        ("uploads of demo", "1 files did not reach the bucket, such as epg/demo/guide.xml: HTTP 500", 1)
    ]


def test_a_guide_that_nobody_publishes_any_more_is_an_incident_unless_it_is_known_why(store, provider):
    def opened():
        store.incidents.note_standing_faults()
        return [one.title for one in store.incidents.open()]

    def publish(hours_ago=0):
        store.publications.note(
            provider, [Publication(date(2026, 11, 20), "demo/guide.xml", "goat", "0" * 64, 1, 1, 1)]
        )
        with store.connections.transaction() as connection:
            connection.execute(
                "UPDATE publications SET published_at = now() - make_interval(hours => %s)", (hours_ago,)
            )

    assert opened() == []  # none was ever published
    publish(hours_ago=25)
    assert opened() == []
    publish(hours_ago=27)
    store.incidents.note_failure(Failure("guide", "no room", "demo"))
    assert opened() == ["guide of demo"]
    store.incidents.note_recoveries([("guide", "demo")])
    assert opened() == ["freshness of demo"]
    publish()
    assert opened() == []


def test_nobody_is_notified_that_a_paused_provider_works_again(store, provider, hook):
    store.incidents.note_failure(BROKEN)
    store.playlists.begin(["demo"])
    store.playlists.note_poll("demo", datetime.now(UTC), "HTTP 404")
    store.incidents.note_standing_faults()
    send_alerts(store, [Webhook(hook.address)])
    store.providers.pause(provider)
    store.incidents.note_standing_faults()
    assert store.incidents.open() == []
    send_alerts(store, [Webhook(hook.address)])
    assert [body["event"] for body in hook.bodies] == ["failure", "failure"]
    store.providers.change(store.providers.find("demo"), status="active")
    store.incidents.note_standing_faults()  # it is as broken as before
    send_alerts(store, [Webhook(hook.address)])
    assert [body["subject"] for body in hook.bodies[2:]] == ["playlist of demo"]


@pytest.mark.parametrize("way", [Webhook, Slack])
def test_a_web_hook_that_is_not_there_is_reported_without_its_address(way):
    with pytest.raises(NotifyError) as fault:
        way(f"http://127.0.0.1:9/{TOKEN}").send(Message("a", "b"))
    assert (
        TOKEN not in f"{fault.value!r} {fault.value.__cause__} {fault.value.__context__} {way(f'http://x/{TOKEN}')!r}"
    )
    assert "ConnectError" in str(fault.value)


def test_slack_reads_no_link_into_a_reason(hook):
    Slack(hook.address).send(Message("a", "<!channel> & co"))
    assert hook.bodies == [{"text": "a\n&lt;!channel&gt; &amp; co"}]


def test_a_mail_server_that_refuses_is_reported_by_its_code_alone(post):
    post.lets_in = False
    with pytest.raises(NotifyError) as fault:
        Mail(post.address).send(Message("a", "b"))
    assert str(fault.value) == "127.0.0.1: SMTPAuthenticationError 535"
    assert TOKEN not in repr(Mail(post.address))


def test_no_password_goes_to_another_machine_without_tls(post, monkeypatch):
    port = post.server_address[1]
    real = smtplib.SMTP
    monkeypatch.setattr(smtplib, "SMTP", lambda host, port, timeout: real("127.0.0.1", port, timeout=timeout))
    with pytest.raises(NotifyError, match="offers no TLS"):
        Mail(f"smtp://carol:{TOKEN}@mail.example:{port}?to=a@example.org").send(Message("a", "b"))


@pytest.mark.parametrize(
    "address", ["mail.example", "smtp://mail.example", "smtp://?to=a@example.org", "http://x?to=a"]
)
def test_a_mail_setting_that_says_too_little_is_reported(address):
    with pytest.raises(NotifyError, match="EPG_NOTIFY_MAIL is not written as smtp://"):
        Mail(address).send(Message("a", "b"))


def test_settings_do_not_show_the_addresses():
    secret = f"https://hook.example/{TOKEN}"
    given = {f"EPG_NOTIFY_{way}": secret for way in ("WEBHOOK", "SLACK", "MAIL")}
    made = settings_of({"EPG_HOME": "/x", **given})
    assert made.notify == NotifySettings(webhook=secret, slack=secret, mail=secret)
    assert TOKEN not in repr(made)


def test_the_test_message_reaches_every_channel_and_says_which_fails(run, hook, post):
    ran = run("notify", "test", EPG_NOTIFY_SLACK=hook.address, EPG_NOTIFY_MAIL=post.address)
    assert (ran.code, len(hook.bodies), len(post.letters)) == (0, 1, 1)
    assert "slack: sent" in ran.output
    hook.status = 403
    ran = run("notify", "test", EPG_NOTIFY_WEBHOOK=hook.address)
    assert ran.code == 1
    assert "webhook: not sent: http://127.0.0.1" in ran.err
    assert TOKEN not in ran.output
    assert run("notify", "test").code == 1
