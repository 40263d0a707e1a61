"""TheSportsDB: what to ask, and answers -> rows of SOURCED.

Belongs here: both versions of the service, its days (UTC dates), seasons and states; field names as real answers have
them. Does not: making requests (source_client.py), what the other sources say.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from epg_pipeline.adapters.web.loose_json import Fields, ShapeError, fields_of, instant, items_of, must, text
from epg_pipeline.adapters.web.source import ONE_DAY, Days, Listing, Team, listing_of
from epg_pipeline.adapters.web.source_client import FOR_EVER, Answer, Ask, SourceClient
from epg_pipeline.config import Leagues
from epg_pipeline.config.sources import TheSportsDbLeague, load_sources, plays
from epg_pipeline.settings import SourceSettings

SOURCE = "thesportsdb"
# For how long an answer is not asked for again: of a season, of a day to come, of the day itself.
SEASON_SECONDS, COMING_SECONDS, LIVE_SECONDS = 6 * 3600.0, 3600.0, 300.0
SEASON_TURNS = 7  # the month in which a season written 2026-2027 begins
POSTPONED = frozenset({"pst", "post", "postponed"})
CANCELLED = frozenset({"canc", "cancelled", "canceled", "abd", "abandoned", "awd", "wo"})
FINAL = frozenset({"ft", "aet", "pen", "aot", "ap", "match finished", "finished", "after extra time"})
SCHEDULED = frozenset({"", "ns", "not started", "tbd", "time to be defined"})
MIDNIGHT = "00:00:00"


class TheSportsDbSource:
    """TheSportsDB, with the public key or the operator's, as an EventSource."""

    name = SOURCE
    margin = ONE_DAY  # its days are UTC dates, but an event's stamp may lie on the next one
    expected: tuple[str, ...] = ()
    lists_all = False

    def __init__(self, settings: SourceSettings) -> None:
        """With a key more leagues are asked, in larger parts."""
        self._service, self._key = load_sources().thesportsdb, settings.thesportsdb_key
        self._address = (settings.thesportsdb_address or self._service.address).rstrip("/")
        self.limits = self._service.limits_with_key if self._key else self._service.limits

    def asks(self, first: date, last: date, today: date, only: Sequence[str] | None = None) -> list[Ask]:
        """See EventSource. With a key one request a league and season; without one a request a league and day.

        Without a key no day is asked for further ahead than guides show, and the nearest come first, since the requests
        of a refresh may not do for all.
        """
        wanted = {
            key: league
            for key, league in self._service.leagues.items()
            if (only is None or key in only) and (self._key or not league.with_key)
        }
        days = Days(first, last)
        if self._key:
            return [ask for key, league in wanted.items() for ask in self._seasons(key, league, self._key, days)]
        base = f"{self._address}/v1/json/{self._service.free_key}/eventsday.php"
        return [
            Ask(SOURCE, key, str(league.id), f"{day}", day, day, base, (("d", f"{day}"), ("l", str(league.id))))
            for day in sorted(days, key=lambda day: (abs((day - today).days), day))
            if day <= today + self._service.days_ahead_without_key * ONE_DAY
            for key, league in wanted.items()
            if plays(league.months, day)
        ]

    def fetch(self, client: SourceClient, asks: Sequence[Ask], today: date, leagues: Leagues) -> list[Answer[Listing]]:
        """See EventSource."""

        def life(ask: Ask, listing: Listing) -> float:
            if ask.first != ask.last:
                return SEASON_SECONDS
            if ask.last < today - ONE_DAY and listing.over:
                return FOR_EVER
            return LIVE_SECONDS if abs((ask.first - today).days) <= 1 else COMING_SECONDS

        return client.ask_all(asks, lambda ask, document: read_events(ask, document, leagues), life)

    def team_asks(self, day: date, only: Sequence[str] | None = None) -> list[Ask]:
        """See EventSource: one request a league with a key, none without."""
        if not self._key:
            return []  # the public key answers with a few teams only: all others would seem to have vanished
        base, headers = f"{self._address}/v2/json/list/teams", (("X-API-KEY", self._key),)
        return [
            Ask(SOURCE, key, str(league.id), "teams", day, day, f"{base}/{league.id}", (), headers)
            for key, league in self._service.leagues.items()
            if only is None or key in only
        ]

    def read_teams(self, ask: Ask, document: object) -> list[Team]:
        """The teams of a league: ref, name, short_name, abbreviation, location, nickname, logo, color."""
        listed = fields_of(document, "the answer").get("list")
        teams = [fields_of(team, "team") for team in (items_of(listed, "list") if listed is not None else [])]
        return [
            {
                "source": SOURCE,
                "league": ask.league,
                "ref": must(team, "idTeam", "team"),
                "name": must(team, "strTeam", "team"),
                "short_name": "",
                "abbreviation": text(team, "strTeamShort"),
                "location": "",
                "nickname": "",
                "logo": text(team, "strBadge"),
                "color": text(team, "strColour1").removeprefix("#").lower(),
            }
            for team in teams
        ]

    def _seasons(self, key: str, league: TheSportsDbLeague, own_key: str, days: Days) -> Iterator[Ask]:
        playing = [day for day in days if plays(league.months, day)]
        for season in sorted({_season_of(day, league) for day in playing}):
            address = f"{self._address}/v2/json/schedule/league/{league.id}/{season}"
            headers = (("X-API-KEY", own_key),)
            inside = [day for day in playing if _season_of(day, league) == season]
            yield Ask(SOURCE, key, str(league.id), season, inside[0], inside[-1], address, (), headers)


def read_events(ask: Ask, document: object, leagues: Leagues) -> Listing:
    """The rows of a day's or a season's events; of an empty day the service says null.

    An unreadable event is left out; ShapeError when it is not a list of events.
    """
    answer = fields_of(document, "the answer")
    name = next((name for name in ("events", "schedule", "results") if name in answer), None)
    if name is None:
        raise ShapeError("the answer has neither events nor schedule")
    events = items_of(answer[name], name) if answer[name] is not None else []
    return listing_of(events, lambda event: [_row(fields_of(event, "event"), ask, leagues)])


def _season_of(day: date, league: TheSportsDbLeague) -> str:
    if league.season == "year":
        # A season that ends in the new year is still the old year's.
        wraps = league.months is not None and league.months[0] > league.months[1]
        return str(day.year - 1 if wraps and league.months and day.month <= league.months[1] else day.year)
    first = day.year if day.month >= SEASON_TURNS else day.year - 1
    return f"{first}-{first + 1}"


def _row(event: Fields, ask: Ask, leagues: Leagues) -> dict[str, Any]:
    """One event; its title only where it has no two sides. The season's answer says less than the day's: no league."""
    listing = text(event, "idLeague") or ask.listing
    if listing != ask.listing:
        raise ShapeError(f"it is of league {listing}, {ask.listing} was asked for")
    home, away = text(event, "strHomeTeam"), text(event, "strAwayTeam")
    title = "" if home and away else must(event, "strEvent", "event")
    starts_at, time_is_set = _start(event)
    return {
        "source": SOURCE,
        "source_id": must(event, "idEvent", "event"),
        "listing": listing,
        "league": ask.league,
        "sport": leagues[ask.league].sport,
        "name": title,
        "home": "" if title else home,
        "away": "" if title else away,
        "home_ref": text(event, "idHomeTeam"),
        "away_ref": text(event, "idAwayTeam"),
        "home_logo": text(event, "strHomeTeamBadge"),
        "away_logo": text(event, "strAwayTeamBadge"),
        "starts_at": starts_at,
        "time_is_set": time_is_set,
        "status": _state(event),
        "venue": text(event, "strVenue"),
        "art": text(event, "strThumb") or text(event, "strPoster"),
    }


def _start(event: Fields) -> tuple[datetime, bool]:
    """The instant, and whether it is more than a date. The stamp is UTC; the local fields are known to be wrong."""
    stamp = text(event, "strTimestamp")
    day, clock = must(event, "dateEvent", "event") if not stamp else text(event, "dateEvent"), text(event, "strTime")
    if stamp:
        is_set = not (stamp[11:19] == MIDNIGHT and clock in ("", MIDNIGHT) and text(event, "strStatus") in ("", "TBD"))
        return instant(stamp, "event.strTimestamp"), is_set
    return instant(f"{day}T{clock or MIDNIGHT}", "event.dateEvent and strTime"), bool(clock)


def _state(event: Fields) -> str:
    status = text(event, "strStatus").casefold()
    if text(event, "strPostponed").casefold() == "yes" or status in POSTPONED:
        return "postponed"
    if status in CANCELLED:
        return "cancelled"
    if status in FINAL:
        return "final"
    return "scheduled" if status in SCHEDULED else "live"
