"""The slots of a provider's days: names read, events found, decisions and programme blocks recorded.

Belongs here: loading, calling the domain, storing, and the report. Does not belong: any rule of the domain.
"""

import functools
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.config import Facts, Sports, load_facts
from epg_pipeline.domain.day import EVENT_REACH, ProviderDay
from epg_pipeline.domain.frames import ENTRIES, SLOTS, Channels, Decisions, NamedChannels, Programmes, Slots, conform
from epg_pipeline.domain.guide.checks import Verdict, demand, no_empty_channel, no_overlap
from epg_pipeline.domain.guide.schedule import own_blocks, schedule
from epg_pipeline.domain.matching.decide import decide
from epg_pipeline.domain.matching.overrides import overridden
from epg_pipeline.domain.reading.dating import date_readings
from epg_pipeline.domain.reading.entries import read_entries
from epg_pipeline.flows.checks import check_matched
from epg_pipeline.flows.facts import facts_on_record, learn_aliases
from epg_pipeline.flows.playlists import snapshot_of
from epg_pipeline.flows.progress import Step
from epg_pipeline.flows.quarantine import without_faulty
from epg_pipeline.flows.results import PREVIEW_ROWS, Matched, Quarantined


@dataclass(frozen=True)
class Decided:
    """The decisions in force from a day on: those about the names of that day's playlist."""

    day: date
    channels: NamedChannels
    decisions: Decisions
    faulty: tuple[Quarantined, ...]


def match_day(store: Store, provider: Provider, day: date) -> Matched:
    """Read the slots' names for one day, find their events, and record decisions and programme blocks."""
    return match_days(store, provider, [day])[0]


def match_days(
    store: Store, provider: Provider, days: list[date], step: Step = nullcontext, slots: Slots | None = None
) -> tuple[Matched, ...]:
    """The same for several days; names that hold for more than one are read once.

    `slots` are those of a playlist that was read a moment ago: if they are the ones on record, none is read again.
    A name is read for the day its playlist is of: "7 pm" in today's list is today, also in the guide of tomorrow. A
    slot that a step fails on is quarantined with its reason and gets an idle guide; the others get theirs. FlowError
    without a playlist for a day or before it.
    """
    decided: dict[date, Decided] = {}
    reports = []
    seen = store.rematches.seen(provider, days)  # before the events are read: what changes from here on stays due
    for day in days:
        with step(f"Matching {day}"), store.lock(provider, day):
            snapshot_of(store, provider, day)
            names_of = store.slots.names_day(provider, day)
            if names_of not in decided:
                decided[names_of] = _decided(store, provider, names_of, max(days), slots)
            reports.append(_recorded(store, provider, day, decided[names_of]))
            store.rematches.done(provider, day, seen)
    if days:
        learn_aliases(store, provider, max(days))
    return tuple(reports)


def _decided(store: Store, provider: Provider, day: date, last: date, at_hand: Slots | None) -> Decided:
    """DECISIONS for the names of a day, about events up to the last; the names a step fails on are set aside."""
    facts = facts_on_record(store)
    local = ProviderDay(day, provider.timezone)
    channels = store.slots.channels(provider, day)
    events = store.events.between(day - EVENT_REACH, last + EVENT_REACH)
    read = functools.partial(_slots_on_record, at_hand=at_hand, facts=facts)
    slots, unread = without_faulty(read, channels, "read")
    readings, undated = without_faulty(lambda rows: date_readings(rows, local, facts), slots, "read")
    decisions, undecided = without_faulty(lambda rows: decide(rows, events, local, facts), readings, "decide")
    return Decided(day, channels, decisions, (*unread, *undated, *undecided))


def _judged_for(day: date, *verdicts: Verdict) -> tuple[Verdict, ...]:
    return tuple(replace(verdict, day=day) for verdict in verdicts)


def _recorded(store: Store, provider: Provider, day: date, decided: Decided) -> Matched:
    """Schedule and record one day from what was decided; decisions are kept with the day the names are of.

    What is set by hand holds for the names of its day, and for its day's guide.
    """
    by_hand = overridden(decided.decisions, store.overrides.in_force(provider), (decided.day, day))
    decided = replace(decided, decisions=by_hand)
    local = ProviderDay(day, provider.timezone)
    sports = load_facts().sports.lasting(provider.settings.minutes)
    programmes, unscheduled = _scheduled(decided, local, sports)
    verdicts = demand(
        _judged_for(day, no_empty_channel(decided.channels, programmes, local), no_overlap(programmes)), provider.slug
    )
    saved = [store.programmes.save(provider, day, own_blocks(programmes, local))]
    if decided.day == day:
        saved.append(store.decisions.save(provider, day, decided.decisions))
        verdicts += _judged_for(day, *check_matched(store, provider, day, decided.decisions))
    faulty = (*decided.faulty, *unscheduled)
    if faulty:
        rows = pl.DataFrame({"name": [slot.name for slot in faulty], "reason": [slot.reason for slot in faulty]})
        store.quarantine.add(provider, day, "match", rows)
    return Matched(
        day=day,
        names_of=decided.day,
        slots=decided.channels.height,
        statuses=_statuses(decided),
        events=decided.decisions.filter((pl.col("kind") == "event") | _is_found).height,
        found=decided.decisions.filter(_is_found).height,
        programmes=programmes.height,
        rows_written=sum(result.written for result in saved),
        rows_unchanged=sum(result.unchanged for result in saved),
        quarantined=faulty,
        preview=_decisions_preview(decided.decisions),
        verdicts=verdicts,
    )


_is_found = pl.col("match_status").is_in(["matched", "manual"]) & pl.col("event_id").is_not_null()


def _statuses(decided: Decided) -> dict[str, int]:
    counts = dict(decided.decisions.group_by("match_status").len().sort("match_status").iter_rows())
    if left_out := decided.channels.height - decided.decisions.height:
        counts["unparseable"] = counts.get("unparseable", 0) + left_out
    return counts


def _decisions_preview(decisions: pl.DataFrame) -> pl.DataFrame:
    """Some of the decisions, those that fell short first."""
    order = pl.col("match_status").replace_strict({"partial": 0, "unmatched": 1, "matched": 2}, default=3)
    shown = decisions.sort(order, "position").group_by("match_status", maintain_order=True).head(PREVIEW_ROWS // 3)
    return shown.select("name", "match_status", "confidence", "event_id", "starts_at").head(PREVIEW_ROWS)


def _slots_on_record(channels: NamedChannels, at_hand: Slots | None, facts: Facts) -> Slots:
    """SLOTS of channels on record, taken from the slots at hand if these are the same names, under the recorded keys.

    Keys may differ: two slots whose keys are alike keep on record the key each of them had before.
    """
    names, slots = channels.select("position", "name"), at_hand
    if slots is not None:
        slots = Slots(slots.join(names, on=["position", "name"], how="semi", maintain_order="left"))
    if slots is None or slots.height != channels.height:
        blank = pl.lit("")
        entries = conform(channels.with_columns(tvg_id=blank, tvg_name=blank), ENTRIES, "channels as entries")
        slots = read_entries(entries, facts)
    keys = channels.select("position", "slot")
    keyed = slots.drop("slot").join(keys, on="position", maintain_order="left").with_columns(is_slot=pl.lit(value=True))
    return conform(keyed, SLOTS, "slots on record")


def _scheduled(decided: Decided, day: ProviderDay, sports: Sports) -> tuple[Programmes, list[Quarantined]]:
    """PROGRAMMES of every channel; one that can't be scheduled with what was decided for it is idle."""
    decisions, channels = decided.decisions, decided.channels
    programmes, faulty = without_faulty(lambda rows: schedule(decisions, rows, day, sports), channels, "schedule")
    if not faulty:
        return programmes, faulty
    left = Channels(channels.filter(pl.col("name").is_in([slot.name for slot in faulty])))
    idle = schedule(Decisions(decisions.clear()), left, day, sports)
    return Programmes(pl.concat([programmes, idle])), faulty
