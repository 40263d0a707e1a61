"""One event of an ESPN scoreboard -> rows of SOURCED.

Belongs here: games of two teams, cards of bouts, weekends of sessions, tournaments of matches or rounds, their states
and clocks; field names as real answers have them. Does not: asking, days, other sources.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from epg_pipeline.adapters.web.loose_json import Fields, ShapeError, fields_of, inner, instant, items_of, must, text
from epg_pipeline.config import Leagues

Row = dict[str, Any]

HOME_ZONE = ZoneInfo("America/New_York")  # a day of the service begins at midnight there
NUMBERED_APART = frozenset({"rugby", "rugby-league", "cricket", "australian-football"})  # ids that others may have too
PAIR = 2
SIDE_FIELDS = {"short": "shortDisplayName", "abbr": "abbreviation", "ref": "id", "logo": "logo", "color": "color"}
MAX_TOURNAMENT_DAYS = 21  # days; a season-long "event" is not an event
STATES = {"pre": "scheduled", "in": "live", "post": "final"}
# Names of states that the three of STATES do not tell.
NOT_PLAYED = {
    "STATUS_POSTPONED": "postponed",
    "STATUS_CANCELED": "cancelled",
    "STATUS_ABANDONED": "cancelled",
    "STATUS_FORFEIT": "cancelled",
    "STATUS_WALKOVER": "cancelled",
}
SESSIONS = {
    "FP1": "Practice 1",
    "FP2": "Practice 2",
    "FP3": "Practice 3",
    "Qual": "Qualifying",
    "SQ": "Sprint Qualifying",
    "SS": "Sprint Shootout",
    "SR": "Sprint",
    "Race": "Race",
}
UNDECIDED = frozenset({"", "tbd", "tba", "to be determined", "to be announced"})


def rows_of(event: object, league: str, listing: str, leagues: Leagues) -> list[Row]:
    """The rows of an event: one of a game, several of a card, a weekend, a tournament. ShapeError says what lacks."""
    fields = fields_of(event, "event")
    sport = leagues[league].sport
    identity = must(fields, "id", "event")
    base = {
        "source": "espn",
        "source_id": f"{sport}-{identity}" if sport in NUMBERED_APART else identity,
        "listing": listing,
        "league": league,
        "sport": sport,
    }
    if sport == "tennis":
        return _tournament(fields, base, leagues)
    return {"mma": _card, "racing": _weekend, "golf": _rounds}.get(sport, _games)(fields, base)


def _games(event: Fields, base: Row) -> list[Row]:
    """A game; an event of several games (a series) is one row each."""
    games = _competitions(event)
    rows = []
    for game in games:
        row = base | _when(game, event) | _where(game, event) | _sides(game, event)
        part = "" if len(games) == 1 else f"-{must(game, 'id', 'competition')}"
        rows.append(row | {"source_id": base["source_id"] + part})
    return rows


def _card(event: Fields, base: Row) -> list[Row]:
    """A card is its main part and, if some bouts begin earlier, its prelims: two slots of a playlist, two rows."""
    bouts = _competitions(event)
    parts = sorted({_start(bout, event) for bout in bouts})
    headliners = _athletes(bouts[-1])
    if len(headliners) != PAIR or any(map(_is_open, headliners)):
        headliners = ("", "")
    first, second = _in_title_order(must(event, "name", "event"), *headliners)
    main = base | _when(bouts[-1], event) | _where(bouts[-1], event)
    main |= {"name": must(event, "name", "event"), "home": first, "away": second, "starts_at": parts[-1]}
    main["status"] = _state(event if event.get("status") else bouts[-1])
    if len(parts) == 1:
        return [main]
    prelims = main | {"source_id": f"{base['source_id']}-prelims", "name": f"{main['name']} - Prelims"}
    return [main, prelims | {"home": "", "away": "", "starts_at": parts[0], "status": _state(bouts[0])}]


def _in_title_order(title: str, first: str, second: str) -> tuple[str, str]:
    """The headliners as the card's title has them, where it names both by their last word."""
    words = title.casefold()
    at = [words.find(name.casefold().split()[-1]) if name else -1 for name in (first, second)]
    return (second, first) if -1 < at[1] < at[0] else (first, second)


def _weekend(event: Fields, base: Row) -> list[Row]:
    """A race weekend: one row a session."""
    title, rows = must(event, "name", "event"), []
    for session in _competitions(event):
        kind = text(inner(session, "type"), "abbreviation")
        name = f"{title} - {SESSIONS.get(kind, kind or 'Session')}"
        venue = text(inner(event, "circuit"), "fullName")
        number = must(session, "id", "competition")
        where = _where(session, event)
        rows.append(
            base
            | _when(session, event)
            | where
            | {"source_id": f"{base['source_id']}-{number}", "name": name, "venue": venue or where["venue"]}
        )
    return rows


def _rounds(event: Fields, base: Row) -> list[Row]:
    """A golf tournament: one row a day; the service knows no tee times."""
    title = must(event, "name", "event")
    row = base | _when(event, event) | _where(event, event) | {"time_is_set": False}
    days = _days(event, row["starts_at"])
    rows = []
    for number, begins in enumerate(days, start=1):
        name = f"{title} - Round {number}" if len(days) > 1 else title
        part = {"source_id": f"{base['source_id']}-{number}", "name": name, "starts_at": begins}
        rows.append(row | part | {"status": _state_of_part(row["status"], number, event)})
    return rows


def _state_of_part(whole: str, number: int, event: Fields) -> str:
    """The state of one round of what is under way; the service says which round is played."""
    status = inner(next(iter(event.get("competitions") or ()), event), "status")
    period = status.get("period")
    if whole != "live" or not isinstance(period, int):
        return whole
    return "final" if number < period else "live" if number == period else "scheduled"


def _tournament(event: Fields, base: Row, leagues: Leagues) -> list[Row]:
    """A tennis tournament: one row a match whose players are known, and one row for each of its days."""
    title = must(event, "name", "event")
    rows = []
    groups = [fields_of(group, "grouping") for group in event.get("groupings") or ()]
    for group in groups or [event]:
        league = _tour(text(inner(group, "grouping"), "slug"), base["league"], leagues)
        for match in _competitions(group, may_be_missing=True):
            first, second = (*_athletes(match), "", "")[:PAIR]
            if _is_open(first) or _is_open(second):
                continue
            found = base | _when(match, event) | _where(match, event) | {"league": league}
            identity = f"{base['source_id']}-{must(match, 'id', 'competition')}"
            title_of_match = f"{title}: {first} vs {second}"
            rows.append(found | {"source_id": identity, "name": title_of_match, "home": first, "away": second})
    return rows + _tournament_days(event, base, title, rows)


def _tournament_days(event: Fields, base: Row, title: str, matches: list[Row]) -> list[Row]:
    whole = base | _when(event, event) | _where(event, event)
    rows = []
    for number, opens in enumerate(_days(event, whole["starts_at"]), start=1):
        played = [match for match in matches if opens <= match["starts_at"] < opens + timedelta(days=1)]
        starts = [match["starts_at"] for match in played if match["time_is_set"]]
        states = {match["status"] for match in played} or {
            whole["status"] if whole["status"] != "live" else "scheduled"
        }
        state = states.pop() if len(states) == 1 else "live" if states & {"live", "final"} else "scheduled"
        begins = {"starts_at": min(starts, default=opens), "time_is_set": bool(starts), "status": state}
        named = {"source_id": f"{base['source_id']}-day{number}", "name": f"{title} - Day {number}"}
        rows.append(whole | begins | named)
    return rows


def _tour(group: str, asked: str, leagues: Leagues) -> str:
    """Both tours list an event they share whole; each of its competitions belongs to one of them."""
    women = group.startswith("womens")
    if not women and not group.startswith("mens"):
        return asked if asked not in ("atp", "wta") else "atp"
    tour = "wta" if women else "atp"
    return tour if tour in leagues else asked


def _competitions(event: Fields, *, may_be_missing: bool = False) -> list[Fields]:
    if may_be_missing and event.get("competitions") is None:
        return []
    found = items_of(event.get("competitions"), "event.competitions")
    if not found and not may_be_missing:
        raise ShapeError("event.competitions is empty")
    return [fields_of(competition, "competition") for competition in found]


def _when(competition: Fields, event: Fields) -> Row:
    status = competition if competition.get("status") else event
    return {
        "starts_at": _start(competition, event),
        "time_is_set": competition.get("timeValid") is not False and "TBD" not in _detail(status),
        "status": _state(status),
    }


def _start(competition: Fields, event: Fields) -> datetime:
    printed = text(competition, "date") or must(event, "date", "event")
    return instant(printed, "competition.date")


def _detail(fields: Fields) -> str:
    return text(inner(inner(fields, "status"), "type"), "shortDetail")


def _state(fields: Fields) -> str:
    kind = fields_of(inner(fields, "status").get("type"), "status.type")
    name, state = text(kind, "name"), text(kind, "state")
    if name in NOT_PLAYED:
        return NOT_PLAYED[name]
    if state not in STATES:
        raise ShapeError(f"status.type.state is {state[:20]!r}" if state else "status.type.state is missing")
    return STATES[state]


def _where(competition: Fields, event: Fields) -> Row:
    venue = inner(competition, "venue") or inner(event, "venue")
    return {
        "venue": text(venue, "fullName") or text(venue, "displayName"),
        "neutral": competition.get("neutralSite") is True,
    }


def _sides(game: Fields, event: Fields) -> Row:
    """Home and away with what is known of them; the event's title instead while a side is to be determined."""
    row: Row = {}
    for competitor in items_of(game.get("competitors"), "competition.competitors"):
        given = fields_of(competitor, "competitor")
        side = must(given, "homeAway", "competitor")
        if side not in ("home", "away"):
            raise ShapeError(f"competitor.homeAway is {side[:20]!r}")
        team = fields_of(given.get("team"), "competitor.team")
        row[side] = must(team, "displayName", "team")
        row |= {f"{side}_{field}": text(team, key) for field, key in SIDE_FIELDS.items()}
    if "home" not in row or "away" not in row:
        raise ShapeError("competition.competitors has not both a home and an away side")
    if any(_is_open(row[side]) or row[f"{side}_ref"].startswith("-") for side in ("home", "away")):
        return {"name": must(event, "name", "event")}
    return row


def _is_open(name: str) -> bool:
    """Whether a side, or one of a pair, is still to be determined."""
    return any(part.strip().casefold() in UNDECIDED for part in name.split("/"))


def _athletes(competition: Fields) -> tuple[str, ...]:
    """The competitors of a bout or match: an athlete each, or two as a pair."""
    competitors = [fields_of(given, "competitor") for given in competition.get("competitors") or ()]
    competitors.sort(key=lambda given: text(given, "order").zfill(3))
    return tuple(text(inner(given, "athlete") or inner(given, "roster"), "displayName") for given in competitors)


def _days(event: Fields, begins: datetime) -> list[datetime]:
    """The midnights of a tournament's days where the service is; its end lies in the last of them."""
    printed = text(event, "endDate")
    first = begins.astimezone(HOME_ZONE).date()
    last = instant(printed, "event.endDate").astimezone(HOME_ZONE).date() if printed else first
    count = min(max((last - first).days + 1, 1), MAX_TOURNAMENT_DAYS)
    days = [first + timedelta(days=number) for number in range(count)]
    return [datetime.combine(day, time(), HOME_ZONE).astimezone(UTC) for day in days]
