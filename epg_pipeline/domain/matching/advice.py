"""Why a name found no event, in words, and what a person can do about it.

Belongs here: the meaning and remedy of each cause, and what came nearest to a name. Does not:
finding causes (diagnosis.py), sentences of single reasons (evidence.py).
"""

import shlex
from typing import Any, NamedTuple

from epg_pipeline.domain.matching.explain import EventTitles


class Advice(NamedTuple):
    """What a cause means, and what to do about it."""

    meaning: str
    remedy: str


# One for each of diagnosis.CAUSES, in its order.
ADVICE = {
    "one side unknown": Advice("One side is not a team on record", 'epg alias add "TEAM" "AS PRINTED", if it is one'),
    "both sides unknown": Advice(
        "Neither side is a team on record", "epg alias add for each; or its league is not on record: epg events import"
    ),
    "ambiguous": Advice("Two events fit equally well", "epg override pin PROVIDER --slot SLOT --event EVENT_ID"),
    "not sure enough": Advice(
        "An event fits, but not well enough", "epg why NAME says what is missing; epg override pin"
    ),
    "no such fixture": Advice(
        "Both teams are known, no event of both is near",
        "nothing, if the name is old; else its schedule lacks it: epg events import",
    ),
    "league not on record": Advice("No event of its league or sport is near", "epg events import, or another source"),
    "no opponents": Advice("A show, or a title without two sides", "nothing; epg override pin, if it is an event"),
    "not the event": Advice("A replay, a talk, highlights", "nothing: the guide shows the name as read"),
}


def remedy(diagnosis: dict[str, Any]) -> str:
    """What to do about one row of DIAGNOSES: the command itself, where the row has what it takes."""
    if diagnosis["cause"] == "one side unknown" and diagnosis["similar"]:
        team, printed = shlex.quote(diagnosis["similar"][0]), shlex.quote(diagnosis["unknown"][0])
        return f"epg alias add {team} {printed}, if it is that one"
    return ADVICE[diagnosis["cause"]].remedy


def came_nearest(diagnosis: dict[str, Any], titles: EventTitles) -> str:
    """The event or the teams nearest to one row of DIAGNOSES; "" where nothing is like it."""
    if diagnosis["nearest"]:
        return titles.of(diagnosis["nearest"][0])
    return f"teams: {', '.join(diagnosis['similar'])}" if diagnosis["similar"] else ""
