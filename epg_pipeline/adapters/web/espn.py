"""ESPN's public scoreboards and team lists: what to ask, and answers -> rows.

Belongs here: its addresses, its days, how an answer that is not whole is asked for again in smaller parts. Does not
belong: the reading of one event (espn_events.py), making requests (source_client.py), what the other sources say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from epg_pipeline.adapters.web.espn_events import rows_of
from epg_pipeline.adapters.web.loose_json import fields_of, inner, items_of, must, text
from epg_pipeline.adapters.web.source import ONE_DAY, Days, Listing, Team, listing_of
from epg_pipeline.adapters.web.source_client import FOR_EVER, Answer, Ask, SourceClient, SourceFault
from epg_pipeline.config import Leagues
from epg_pipeline.config.sources import EspnLeague, load_sources, plays
from epg_pipeline.settings import SourceSettings

SOURCE = "espn"
# How long an answer is fresh while its games are played, and before.
LIVE_SECONDS, COMING_SECONDS = 60.0, 600.0
TEAM_FIELDS = {
    "short_name": "shortDisplayName", "abbreviation": "abbreviation", "location": "location", "nickname": "name",
    "color": "color",
}  # fmt: skip
# An answer cut down to this many events is one whose `limit` the service did not take.
CUT_DOWN_TO = 25


class EspnSource:
    """ESPN's public scoreboards and team lists, as an EventSource."""

    name = SOURCE
    margin = timedelta()
    expected: tuple[str, ...] = ("home_ref", "home_logo", "home_abbr", "venue")
    lists_all = True

    def __init__(self, settings: SourceSettings) -> None:
        """The address may be another one."""
        self._espn = load_sources().espn
        self._address = (settings.espn_address or self._espn.address).rstrip("/")
        self.limits = self._espn.limits

    def asks(self, first: date, last: date, today: date, only: Sequence[str] | None = None) -> list[Ask]:  # noqa: ARG002
        """See EventSource.

        The service files an event under the date its start has in New York: the UTC date begins earlier.
        """
        days = Days(first - ONE_DAY, last)
        return [
            replace(ask, address=f"{self._address}/{path}/scoreboard")
            for key, league in self._espn.all_leagues().items()
            if only is None or key in only
            for path in league.path
            for group in league.groups or (0,)
            for ask in _scoreboard_asks(key, league, path, group, days, self._espn.most_events)
        ]

    def fetch(self, client: SourceClient, asks: Sequence[Ask], today: date, leagues: Leagues) -> list[Answer[Listing]]:
        """See EventSource. A month or range that is refused, or not answered in full, is asked for by day."""

        def read(ask: Ask, document: object) -> Listing:
            return read_scoreboard(ask, document, leagues)

        def life(ask: Ask, listing: Listing) -> float:
            if ask.last < today - ONE_DAY and listing.over:
                return FOR_EVER
            return LIVE_SECONDS if ask.first <= today else COMING_SECONDS

        answers: list[Answer[Listing]] = []
        for answer in client.ask_all(asks, read, life):
            parts = _by_day(answer.ask) if _is_not_whole(answer, self._espn.most_events) else []
            days = client.ask_all(parts[:1], read, life)
            if days and days[0].value is not None:  # else it is not the way of asking that the service refuses
                days += client.ask_all(parts[1:], read, life)
                # What a part answers comes on top: of days to come the service may tell less than of their month.
                answers += [answer, *days] if answer.value is not None else days
            else:
                answers.append(_with_fault_if_full(answer, self._espn.most_events))
        return answers

    def team_asks(self, day: date, only: Sequence[str] | None = None) -> list[Ask]:
        """See EventSource: one request a league."""
        return [
            Ask(SOURCE, key, path, "teams", day, day, f"{self._address}/{path}/teams", (("limit", "1000"),))
            for key, league in self._espn.all_leagues().items()
            if only is None or key in only
            for path in league.path
            if path.partition("/")[0] not in ("mma", "racing", "tennis", "golf")
        ]

    def read_teams(self, ask: Ask, document: object) -> list[Team]:
        """The teams of a league: ref, name, short_name, abbreviation, location, nickname, logo, color."""
        sport = fields_of(
            (items_of(fields_of(document, "the answer").get("sports"), "sports") or [None])[0], "sports[0]"
        )
        league = fields_of((items_of(sport.get("leagues"), "leagues") or [None])[0], "leagues[0]")
        entries = items_of(league.get("teams"), "teams")
        teams = [fields_of(fields_of(entry, "teams[]").get("team"), "team") for entry in entries]
        return [
            {
                "source": SOURCE,
                "league": ask.league,
                "ref": must(team, "id", "team"),
                "name": must(team, "displayName", "team"),
                **{field: text(team, key) for field, key in TEAM_FIELDS.items()},
                "logo": next((text(logo, "href") for logo in team.get("logos") or () if isinstance(logo, dict)), ""),
            }
            for team in teams
            if inner({"team": team}, "team").get("isActive") is not False
        ]


def read_scoreboard(ask: Ask, document: object, leagues: Leagues) -> Listing:
    """The rows of a scoreboard, see `listing_of`. ShapeError when it is not a scoreboard."""
    events = items_of(fields_of(document, "the answer").get("events"), "events")
    return listing_of(events, lambda event: rows_of(event, ask.league, ask.listing, leagues))


def _scoreboard_asks(key: str, league: EspnLeague, path: str, group: int, days: Days, most: int) -> Iterator[Ask]:
    """The asks of one scoreboard, still without an address."""
    params = (("limit", str(most)), *((("groups", str(group)),) if group else ()))
    listing = f"{path}#{group}" if group else path
    playing = [day for day in days if plays(league.season, day)]
    if not playing:
        return
    blank = Ask(SOURCE, key, listing, "", playing[0], playing[-1], "", params)
    if league.ask == "range":
        dates = f"{playing[0]:%Y%m%d}-{playing[-1]:%Y%m%d}"
        yield replace(blank, label=f"{playing[0]} to {playing[-1]}", params=(("dates", dates), *params))
    elif league.ask == "day":
        yield from (_single_day(blank, day) for day in playing)
    else:
        for month in sorted({day.replace(day=1) for day in playing}):
            inside = [day for day in playing if day.replace(day=1) == month]
            dated = (("dates", f"{month:%Y%m}"), *params)
            yield replace(blank, label=f"{month:%Y-%m}", params=dated, first=inside[0], last=inside[-1])


def _single_day(ask: Ask, day: date) -> Ask:
    params = (("dates", f"{day:%Y%m%d}"), *(pair for pair in ask.params if pair[0] != "dates"))
    return replace(ask, label=f"{day}", first=day, last=day, params=params)


def _by_day(ask: Ask) -> list[Ask]:
    return [_single_day(ask, day) for day in Days(ask.first, ask.last)] if not _is_day_ask(ask) else []


def _is_day_ask(ask: Ask) -> bool:
    return dict(ask.params).get("dates", "") == f"{ask.first:%Y%m%d}"


def _is_not_whole(answer: Answer[Listing], most: int) -> bool:
    if answer.value is None:
        return answer.fault is not None and answer.fault.kind == "refused"
    return answer.value.events in (CUT_DOWN_TO, most)


def _with_fault_if_full(answer: Answer[Listing], most: int) -> Answer[Listing]:
    if answer.value is None or answer.value.events < most:
        return answer
    text = f"a full answer of {answer.value.events} events: some may be missing"
    ask = answer.ask
    return replace(answer, fault=SourceFault(SOURCE, ask.league, ask.label, "full", text))
