"""A day's decisions -> the page that shows how well names were matched, and why some were not.

Belongs here: what the template needs, and the rows its list works on. Does not belong: the figures (report_figures.py),
the page's words, looks and behaviour (templates/), the meaning of causes (matching/diagnosis.py).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl

from epg_pipeline.config.sports import Sports
from epg_pipeline.config.texts import Texts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.matching.diagnosis import ADVICE, remedy
from epg_pipeline.domain.matching.explain import EventTitles, came_nearest
from epg_pipeline.domain.matching.verdict import FULL_SCORE, SURE
from epg_pipeline.pages import report_figures as figures
from epg_pipeline.pages.single_file import single_file

TREND_DAYS = 30
MIN_BAR = 1.5  # percent of the height: a single match is seen too
MAX_EXAMPLES = 3


def report_page(
    decisions: pl.DataFrame,
    diagnoses: pl.DataFrame,
    events: pl.DataFrame,
    history: pl.DataFrame,
    day: ProviderDay,
    name: str,
    sports: Sports,
    *,
    texts: Texts,
) -> str:
    """The match report of a provider's day: HTML with its style, script and rows inside, the same for the same rows.

    `diagnoses` are those of the decisions that found no event, `events` are near the day, `history` goes up to it;
    `name` is the provider's. The page belongs beside index.html and guide.xml, to which it links; no address is in it.
    """
    stated = figures.with_states(decisions)
    total = next(figures.totals(stated).iter_rows(named=True), None)
    report_slots = figures.report_slots(stated, diagnoses, events, day)
    return single_file(
        "report_page",
        _rows(report_slots, day, sports, texts),
        name=name,
        day=day.date,
        slots=stated.height,
        states=figures.STATES,
        total=total,
        shares=_shares(total) if total else [],
        other_days=figures.of_other_days(stated, day),
        causes=list(_causes(diagnoses, EventTitles(events, day))),
        families=figures.figures_by_family(stated).to_dicts(),
        **_trend(history, day.date),
        **_confidence(figures.histogram(stated)),
    )


def _shares(total: dict[str, Any]) -> list[dict[str, object]]:
    """The slots of each state as parts of a bar of 1000."""
    counts = [total[state] for state in figures.STATES]
    starts = [1000 * sum(counts[:place]) / total["slots"] for place in range(len(counts))]
    return [
        {"state": state, "start": start, "width": 1000 * count / total["slots"]}
        for state, start, count in zip(figures.STATES, starts, counts, strict=True)
    ]


def _trend(history: pl.DataFrame, last: date) -> dict[str, object]:
    """The match rates of the last days, the first day that is drawn, and how many days there are."""
    recent = history.filter(pl.col("day") > last - timedelta(days=TREND_DAYS), pl.col("day") <= last).sort("day")
    rows = recent.to_dicts()
    first = min(rows[0]["day"], last - timedelta(days=6)) if rows else last
    return {"trend": rows, "trend_first": first, "trend_days": (last - first).days + 1}


def _confidence(bins: pl.DataFrame) -> dict[str, object]:
    """How many matches are how sure: bars of `step` percent each, best guesses that were not taken on top."""
    most = bins.select((pl.col("found") + pl.col("short")).max()).item()
    bars = []
    for row in bins.iter_rows(named=True):  # twenty
        for state, count, below in (("matched", row["found"], 0), ("unmatched", row["short"], row["found"])):
            height = max(100 * count / most, MIN_BAR) if count else 0
            bar = {"state": state, "start": row["from"], "count": count, "height": height}
            bars += [bar | {"top": 100 - 100 * below / most - height}] if count else []
    sure = 100 * SURE / FULL_SCORE
    return {
        "most": most, "bars": bars, "bins": bins.to_dicts(), "step": figures.BIN, "sure": sure,
        "short": bins["short"].sum(),
    }  # fmt: skip


def _causes(diagnoses: pl.DataFrame, titles: EventTitles) -> Iterator[dict[str, object]]:
    """Each cause with its meaning, what to do about it, and some of its names."""
    for cause, names in figures.by_cause(diagnoses).iter_rows():
        of_cause = diagnoses.filter(pl.col("cause") == cause).unique("name", keep="first", maintain_order=True)
        examples = [_example(row, titles) for row in of_cause.head(MAX_EXAMPLES).iter_rows(named=True)]
        yield {"cause": cause, "names": names, **ADVICE[cause]._asdict(), "examples": examples}


def _example(row: dict[str, Any], titles: EventTitles) -> dict[str, str]:
    advice = remedy(row)
    own = advice if advice != ADVICE[row["cause"]].remedy else ""
    texts = {"name": row["name"], "nearest": came_nearest(row, titles), "remedy": own}
    return {key: figures.ADDRESS.sub("(address)", text) for key, text in texts.items()}


def _rows(slots: figures.ReportSlots, day: ProviderDay, sports: Sports, texts: Texts) -> dict[str, Any]:
    """What the list works on: sentences stand once, slots point to them."""
    why = slots.select(pl.col("why").explode(empty_as_null=False, keep_nulls=False)).to_series()
    lines = why.unique(maintain_order=True)
    numbers = {line: number for number, line in enumerate(lines)}
    rows = slots.with_columns(
        pl.col("starts_at").dt.epoch("ms"),
        pl.col("confidence").round(2),
        why=pl.col("why").list.eval(pl.element().replace_strict(numbers, return_dtype=pl.Int64)),
    )
    named = pl.col("league").is_in(slots["league"].implode()) & pl.col("league_name").is_not_null()
    return {
        "timezone": day.timezone,
        "hour12": texts.clock(day.timezone) == texts.words.twelve_hours,
        "states": figures.STATES,
        "causes": {cause: advice.meaning for cause, advice in ADVICE.items()},
        "leagues": dict(sports.of_leagues().filter(named).select("league", "league_name").iter_rows()),
        "lines": lines.to_list(),
        "slots": rows.rows(),
    }
