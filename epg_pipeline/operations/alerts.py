"""Telling an operator what broke and what works again: each incident once to each channel.

Belongs here: the messages, which incidents they tell of, and what becomes of one that can't be sent. Does not: how it
is sent (adapters/delivery/notify.py), what counts as an incident (orchestration/incidents.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.delivery.notify import Message
from epg_pipeline.errors import NotifyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from epg_pipeline.adapters.delivery.notify import Channel
    from epg_pipeline.adapters.store.incidents import Incident
    from epg_pipeline.adapters.store.store import Store

MOST_SINGLE = 5  # when more comes up at once, such as in an outage of the network, one message tells of all
MOST_LISTED = 50


def tell(store: Store, channels: Sequence[Channel]) -> tuple[int, list[str]]:
    """Tell each channel of the incidents it is still to be told of: how many messages went out, and what failed.

    A message that can't be sent stays to be told and is tried again later, twenty times within a day; then the
    incident is still on record, and its recovery is told. A channel that fails is not asked again in the same go.
    """
    sent, problems = 0, []
    for channel in channels:
        now = utc_now()
        for incidents in _messages(store.incidents.untold(channel.name, now)):
            try:
                channel.send(message_of(incidents))
            except NotifyError as fault:
                problems.append(f"{channel.name}: {fault} (try {max(one.tries for one in incidents) + 1})")
                store.incidents.not_told(channel.name, incidents, now, str(fault))
                break
            store.incidents.told(channel.name, incidents, now)
            sent += 1
    return sent, problems


def message_of(incidents: Sequence[Incident]) -> Message:
    """The message about one incident, or about many at once."""
    if len(incidents) == 1:
        (one,) = incidents
        return Message(_title(one), _text(one), _fields(one))
    failing = sum(one.closed_at is None for one in incidents)
    listed = [f"- {_title(one)}: {one.reason}" for one in incidents[:MOST_LISTED]]
    if len(incidents) > MOST_LISTED:
        listed.append(f"- and {len(incidents) - MOST_LISTED} more: epg status")
    title = f"epg: {failing} failing, {len(incidents) - failing} working again"
    return Message(title, "\n".join(listed), {"event": "several", "incidents": [_fields(one) for one in incidents]})


def trial() -> Message:
    """The message of `epg notify test`."""
    return Message("epg: a test", "This is how you will be told when something breaks.", {"event": "test"})


def _messages(incidents: list[Incident]) -> list[list[Incident]]:
    return [incidents] if len(incidents) > MOST_SINGLE else [[one] for one in incidents]


def _title(one: Incident) -> str:
    return f"epg: {one.subject} {'fails' if one.closed_at is None else 'works again'}"


def _text(one: Incident) -> str:
    began = f"since {one.opened_at:%Y-%m-%d %H:%M} UTC"
    if one.closed_at is None:
        return f"{one.reason}\n({began}; you are told once more, when it works again)"
    return f"It failed {began}, until {one.closed_at:%Y-%m-%d %H:%M} UTC: {one.reason}"


def _fields(one: Incident) -> dict[str, object]:
    return {
        "event": one.stage,
        "incident": one.id,
        "subject": one.subject,
        "provider": one.provider,
        "day": one.day.isoformat() if one.day else None,
        "reason": one.reason,
        "since": one.opened_at.isoformat(),
        "until": one.closed_at.isoformat() if one.closed_at else None,
    }
