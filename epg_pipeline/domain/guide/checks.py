"""Is what came out fit to be published: one verdict for each check of a provider's day, and how much a guide lost.

Belongs here: every check and its thresholds, over frames and figures alone. Does not: loading what they compare with
(flows/checks.py), the form of a guide's XML (xmltv.py), what Dagster shows of them (orchestration/checks.py).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import MatchRates, Programmes, Slots
from epg_pipeline.errors import CheckFailedError

# All thresholds.
COLLAPSED = 0.5  # with less than this share of the last slots, the playlist was cut or replaced by another
FORCE_REFRESH = "epg refresh NAME --force, if the provider did drop its slots"
FEWER = 0.8  # less than this share is worth a warning
MIN_SLOTS = 10  # with fewer slots a share means nothing
FAMILY_OF = 3  # slots that make an unknown family worth a warning
FALLEN = 0.15  # a match rate so far below the usual one
WEEKS = 4  # before a day, from which its usual match rate is taken
MIN_DAYS = 3  # with a rate, for a usual rate
MIN_EVENTS = 10  # named on a day, for a match rate
LEAGUE_OF = 3  # slots that name a league, for its events to be expected
MAX_NAMED = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. One that does not hold and `blocks` keeps the guide from being published.

    `day` is the one that was judged, where that may be another than the one that is made. `remedy` says what to do,
    with NAME for the provider until `demand` fills it in.
    """

    check: str
    holds: bool
    said: str
    blocks: bool = False
    figures: Mapping[str, float] = field(default_factory=dict)
    day: date | None = None
    remedy: str = ""

    @property
    def text(self) -> str:
        """What was found, and what to do about it."""
        return f"{self.said}. {self.remedy}" if self.remedy and not self.holds else self.said


def failing(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts that keep a guide from being published."""
    return [verdict for verdict in verdicts if verdict.blocks and not verdict.holds]


def demand(verdicts: Iterable[Verdict], provider: str, *, force: bool = False) -> tuple[Verdict, ...]:
    """The verdicts, their remedies for this provider (a slug); CheckFailedError when one blocks.

    With `force` none does.
    """
    known = tuple(
        replace(verdict, blocks=verdict.blocks and not force, remedy=verdict.remedy.replace("NAME", provider))
        for verdict in verdicts
    )
    if failing(known):
        said = "; ".join(verdict.said for verdict in failing(known))
        raise CheckFailedError(said, known, failing(known)[0].remedy)
    return known


def playlist_fetched(problem: str) -> Verdict:
    """Whether the playlist could be had; if not, the last good one stays in force."""
    return Verdict("playlist_fetched", not problem, problem or "The playlist was fetched, or is the one of its day.")


def slot_count(now: int, last: int) -> Verdict:
    """Whether a playlist has about the slots of the last one. `last` is 0 where there is none to compare with."""
    figures = {"slots": now, "slots_before": last}
    said = f"{now} event slots, {last} before"
    if now < last * COLLAPSED and (last >= MIN_SLOTS or not now):
        said = f"the playlist has {now} event slots, the last one had {last}: the names of the last one stay in force"
        return Verdict("slot_count", False, said, blocks=True, figures=figures, remedy=FORCE_REFRESH)
    fewer = last >= MIN_SLOTS and now < last * FEWER
    return Verdict("slot_count", not fewer, said, figures=figures)


def unknown_families(slots: Slots, known: Collection[str]) -> Verdict:
    """Whether the event slots of a playlist (SLOTS) belong to families of config. Others are read all the same."""
    strange = (
        slots.filter("is_slot", pl.col("family") != "", ~pl.col("family").is_in(list(known)))
        .group_by("family")
        .agg(slots=pl.len(), example=pl.col("name").sort_by("position").first())
        .filter(pl.col("slots") >= FAMILY_OF)
        .sort("slots", "family", descending=[True, False])
    )
    found = strange.select(pl.format('"{}" ({} slots, such as "{}")', "family", "slots", "example")).to_series()
    said = f"Not among the known families: {_listed(found)}. Teach them: epg family test"
    figures = {"unknown_families": strange.height, "slots": int(strange["slots"].sum())}
    return Verdict(
        "unknown_families", strange.is_empty(), said if found.len() else "Every family is known.", figures=figures
    )


def no_empty_channel(channels: pl.DataFrame, programmes: pl.DataFrame, day: ProviderDay) -> Verdict:
    """Whether every channel (channel_id) has programmes from the day's opening to its close, without a gap."""
    opens, closes = pl.lit(day.opens), pl.lit(day.closes)
    during = programmes.filter(pl.col("stops_at") > opens, pl.col("starts_at") < closes)
    shown = pl.min_horizontal("stops_at", closes) - pl.max_horizontal("starts_at", opens)
    covered = during.group_by("channel_id").agg(covered=shown.dt.total_seconds().sum())
    both = channels.join(covered, on="channel_id", how="left", maintain_order="left").fill_null(0)
    short = both.filter(pl.col("covered") < (day.closes - day.opens).total_seconds())["channel_id"]
    said = f"{short.len()} of {channels.height} channels have no full day on {day.date}: {_listed(short)}"
    figures = {"channels": channels.height, "without_full_day": short.len()}
    whole = f"Each of {channels.height} channels has programmes all day."
    said = said if short.len() else whole
    return Verdict("no_empty_channel", short.is_empty(), said, blocks=True, figures=figures, remedy="epg refresh NAME")


def no_overlap(programmes: Programmes) -> Verdict:
    """Whether no two programmes of a channel are on at once, or begin together."""
    rows = programmes.sort("channel_id", "starts_at")
    before = pl.col("stops_at").cum_max().shift(1).over("channel_id")
    both = rows.filter(pl.col("starts_at") < before)
    found = both.select(pl.format("{} at {}", "channel_id", pl.col("starts_at").dt.strftime("%Y-%m-%d %H:%M UTC")))
    said = f"{both.height} programmes begin before the one before them ends: {_listed(found.to_series())}"
    figures = {"programmes": programmes.height, "overlapping": both.height}
    whole = "No two programmes of a channel are on at once."
    return Verdict("no_overlap", both.is_empty(), said if both.height else whole, blocks=True, figures=figures)


def match_rate(rates: MatchRates, day: date) -> Verdict:
    """Whether a day (of MATCH_RATES, with the weeks before it) found its events as often as the provider's days do."""
    judged = rates.filter(pl.sum_horizontal("matched", "partial", "unmatched") >= MIN_EVENTS)
    today, before = judged.filter(pl.col("day") == day), judged.filter(pl.col("day") < day)
    if today.is_empty() or today["match_rate"][0] is None:
        return Verdict("match_rate", True, f"Not judged: fewer than {MIN_EVENTS} slots name an event.")
    now = float(today["match_rate"][0])
    usual = before["match_rate"].median() if before.height >= MIN_DAYS else None
    if not isinstance(usual, float):
        said = f"{now:.0%} of the slots that name an event found it; too few earlier days to compare with."
        return Verdict("match_rate", True, said, figures={"match_rate": now})
    said = f"{now:.0%} of the slots that name an event found it; {usual:.0%} is usual. See why: epg unmatched"
    return Verdict("match_rate", now >= usual - FALLEN, said, figures={"match_rate": now, "usual": usual})


def events_of_leagues(
    decisions: pl.DataFrame, events: pl.DataFrame, day: ProviderDay, asked: Collection[str]
) -> Verdict:
    """Whether there are events of the leagues that the day's names (DECISIONS) mention, as far as sources are asked.

    `events` is EVENTS around the day. A league counts when several slots name it, or their families imply it.
    """
    on_day = pl.col("starts_at").is_null() | pl.col("starts_at").is_between(day.opens, day.closes, closed="left")
    named = decisions.filter(on_day, pl.col("kind") == "event", pl.col("league").is_in(list(asked)))
    leagues = named.group_by("league").agg(slots=pl.len()).filter(pl.col("slots") >= LEAGUE_OF)
    near = events.filter(pl.col("starts_at").is_between(day.shifted(-1).opens, day.shifted(1).closes))
    missing = leagues.join(near, on="league", how="anti").sort("slots", "league", descending=[True, False])
    found = missing.select(pl.format("{} ({} slots)", "league", "slots")).to_series()
    said = f"No event on record around {day.date} of: {_listed(found)}. Ask for them: epg events refresh"
    figures = {"leagues": leagues.height, "without_events": missing.height}
    whole = f"Events are on record for the {leagues.height} leagues that the names mention."
    return Verdict("events_of_leagues", missing.is_empty(), said if found.len() else whole, figures=figures)


def guide_fit(held_back: Collection[str], remedy: str = "") -> Verdict:
    """Whether all guides of a publish took their places; `held_back` says of each that did not why it is not fit."""
    said = f"held back, the last one stays: {'; '.join(held_back)}" if held_back else "Every guide is fit to be loaded."
    figures = {"held_back": len(held_back)}
    return Verdict("guide_fit", not held_back, said, blocks=True, figures=figures, remedy=remedy)


def sources_answered(asked: Collection[str], silent: Collection[str]) -> Verdict:
    """Whether every service that was asked for events gave an answer; `silent` are those that gave none at all."""
    figures = {"asked": len(asked), "silent": len(silent)}
    if not silent:
        return Verdict("sources_answered", True, "Every source that was asked gave an answer.", figures=figures)
    said = f"no answer at all from {' and '.join(sorted(silent))}; what is on record stays"
    return Verdict("sources_answered", False, said, blocks=set(silent) == set(asked), figures=figures)


def published_ahead(providers: pl.DataFrame) -> Verdict:
    """Whether each provider's guide reaches the day it should by now.

    `providers` has provider, published_through (null: never published) and due_through.
    """
    late = providers.filter(
        pl.col("published_through").is_null() | (pl.col("published_through") < pl.col("due_through"))
    )
    through = pl.col("published_through").dt.to_string().fill_null("no day")
    found = late.select(pl.format("{} (through {}, not {})", "provider", through, "due_through")).to_series()
    said = f"Not published as far ahead as they should be: {_listed(found)}. Publish: epg publish"
    figures = {"providers": providers.height, "late": late.height}
    whole = "Every active provider is published as far ahead as it should be."
    return Verdict("published_ahead", late.is_empty(), said if found.len() else whole, figures=figures)


def programmes_by_day(programmes: pl.DataFrame, timezone: str) -> dict[date, int]:
    """How many PROGRAMMES start on each date of a zone; a date without any is left out."""
    day = pl.col("starts_at").dt.convert_time_zone(timezone).dt.date()
    return dict(programmes.group_by(day.alias("day")).len().sort("day").iter_rows())


def lost_share(before: Mapping[date, int], now: Mapping[date, int], days: Iterable[date]) -> float:
    """The share (0 to 1) of the last guide's programmes that the new one lacks, over the `days` the last one covers.

    A window that moved on or became narrower loses nothing by that: name the days the new guide is to show. Days that
    the last guide does not cover don't count, so a growing guide is never compared with its beginnings.
    """
    covered = [day for day in days if before.get(day)]
    had = sum(before[day] for day in covered)
    has = sum(now.get(day, 0) for day in covered)
    return max(0.0, 1 - has / had) if had else 0.0


def _listed(names: pl.Series) -> str:
    more = names.len() - MAX_NAMED
    return ", ".join(names.head(MAX_NAMED)) + (f" and {more} more" if more > 0 else "")
