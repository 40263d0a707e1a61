"""Notifications of what broke and what works again: each incident once on each channel.

Belongs here: the messages, which incidents they report, and the handling of one that can't be sent. Does not
belong: how it is sent (adapters/delivery/notify.py), what counts as an incident (orchestration/incidents.py).
"""

from collections.abc import Sequence

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.delivery.notify import Channel, Message
from epg_pipeline.adapters.store.incidents import Incident
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.errors import NotifyError

MAX_SINGLE = 5  # when more come up at once, e.g. in an outage of the network, one message reports all
MAX_LISTED = 50


def send_alerts(store: Store, channels: Sequence[Channel]) -> tuple[int, list[str]]:
    """Send each channel the incidents it has not been sent yet; the number of messages sent, and what failed.

    A message that can't be sent is tried again later, twenty times within a day; after that the incident stays on
    record, and its recovery is still reported. A channel that fails is not used again in the same call.
    """
    sent, problems = 0, []
    for channel in channels:
        now = utc_now()
        for incidents in _messages(store.incidents.to_notify(channel.name, now)):
            try:
                channel.send(message_of(incidents))
            except NotifyError as fault:
                problems.append(f"{channel.name}: {fault} (try {max(incident.tries for incident in incidents) + 1})")
                store.incidents.note_not_notified(channel.name, incidents, now, str(fault))
                break
            store.incidents.note_notified(channel.name, incidents, now)
            sent += 1
    return sent, problems


def message_of(incidents: Sequence[Incident]) -> Message:
    """The message about one incident, or about many at once."""
    if len(incidents) == 1:
        (incident,) = incidents
        return Message(_title(incident), _text(incident), _fields(incident))
    failing = sum(incident.closed_at is None for incident in incidents)
    listed = [f"- {_title(incident)}: {incident.reason}" for incident in incidents[:MAX_LISTED]]
    if len(incidents) > MAX_LISTED:
        listed.append(f"- and {len(incidents) - MAX_LISTED} more: epg status")
    title = f"epg: {failing} failing, {len(incidents) - failing} working again"
    return Message(
        title, "\n".join(listed), {"event": "several", "incidents": [_fields(incident) for incident in incidents]}
    )


def trial_message() -> Message:
    """The message of `epg notify test`."""
    return Message("epg: a test", "You will be notified like this when something breaks.", {"event": "test"})


def _messages(incidents: list[Incident]) -> list[list[Incident]]:
    return [incidents] if len(incidents) > MAX_SINGLE else [[incident] for incident in incidents]


def _title(incident: Incident) -> str:
    return f"epg: {incident.title} {'fails' if incident.closed_at is None else 'works again'}"


def _text(incident: Incident) -> str:
    began = f"since {incident.opened_at:%Y-%m-%d %H:%M} UTC"
    if incident.closed_at is None:
        return f"{incident.reason}\n({began}; you are notified once more, when it works again)"
    return f"It failed {began}, until {incident.closed_at:%Y-%m-%d %H:%M} UTC: {incident.reason}"


def _fields(incident: Incident) -> dict[str, object]:
    return {
        "event": incident.stage,
        "incident": incident.id,
        "subject": incident.title,
        "remedy": incident.remedy or None,
        "provider": incident.provider,
        "day": incident.day.isoformat() if incident.day else None,
        "reason": incident.reason,
        "since": incident.opened_at.isoformat(),
        "until": incident.closed_at.isoformat() if incident.closed_at else None,
    }
