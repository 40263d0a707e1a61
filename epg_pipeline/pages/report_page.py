"""A day's decisions -> the page that tells how well names were matched, and why some were not.

Belongs here: the page's words and drawings. Does not: its figures (match_report.py), its looks and behaviour (the
templates), the meaning of causes (remedies.py).
"""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from epg_pipeline.config.texts import Texts, load_texts
from epg_pipeline.domain.matching.advice import TOLD, came_nearest, remedy
from epg_pipeline.domain.matching.explain import EventTitles
from epg_pipeline.domain.matching.verdict import FULL_SCORE, SURE
from epg_pipeline.pages import report_figures as figures
from epg_pipeline.pages.single_file import one_file

if TYPE_CHECKING:
    from datetime import date

    from epg_pipeline.config.sports import Sports
    from epg_pipeline.domain.day import ProviderDay

TREND_DAYS = 30
STATES = {
    "matched": "Event found",
    "partial": "One side known",
    "unmatched": "No event found",
    "show": "Shows",
    "idle": "Nothing on",
}
_EXAMPLES = 3


def report_page(
    decisions: pl.DataFrame,
    diagnoses: pl.DataFrame,
    events: pl.DataFrame,
    history: pl.DataFrame,
    day: ProviderDay,
    name: str,
    sports: Sports,
    *,
    texts: Texts | None = None,
) -> str:
    """The match report of a provider's day: HTML with its style, script and rows inside, the same for the same rows.

    `decisions` is DECISIONS, `diagnoses` DIAGNOSES of those that found no event, `events` EVENTS near the day,
    `history` MATCH_RATES up to the day; `name` is what the provider is called. It belongs beside index.html and
    guide.xml, to which it links. Its policy forbids every request, and no address is in it.
    """
    texts = texts or load_texts()
    stated = figures.with_states(decisions)
    total = figures.totals(stated).to_dicts()
    told = figures.told_slots(stated, diagnoses, events, day)
    fields = {
        "NAME": escape(name),
        "SUMMARY": f"Match report · names of {_date(day.date)} · {stated.height:,} slots",
        "HERO": _hero(total[0] if total else {}, *figures.of_other_days(stated, day)),
        "TREND": _trend(history, day.date),
        "SURE": _sure(figures.histogram(stated)),
        "CAUSES": _causes(diagnoses, EventTitles(events, day)),
        "FAMILIES": _families(figures.figures_by_family(stated)),
    }
    return one_file("report_page", _rows(told, day, sports, texts), fields)


def _hero(total: dict[str, Any], old: int, far: int) -> str:
    """The share of names that found their event, and how many slots are in each state."""
    slots = total.get("slots", 0)
    if not slots:
        return "<p>No slot was matched for this day yet.</p>"
    events = f"{total['events']:,}"
    said = (
        f'<p class="rate">{_percent(total["rate"])}</p><p>of the <b>{events}</b> names that tell of an event '
        "found theirs in the schedule</p>"
        if total["events"]
        else '<p class="rate">–</p><p>No name tells of an event.</p>'
    )
    starts = [sum(total[state] for state in figures.STATES[:place]) / slots for place in range(len(figures.STATES))]
    parts = "".join(
        f'<rect class="{state}" x="{1000 * start:.1f}" width="{1000 * total[state] / slots:.1f}" height="10"/>'
        for state, start in zip(figures.STATES, starts, strict=True)
    )
    tiles = "".join(
        f'<li><button type="button" data-filter="state" data-value="{state}"><i class="{state}"></i>'
        f"<b>{total[state]:,}</b><span>{label}</span></button></li>"
        for state, label in STATES.items()
    )
    return (
        f'<div class="score">{said}</div>'
        f'<svg class="shares" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">{parts}</svg>'
        f'<ul class="states">{tiles}</ul>{_other_days(total["events"] - total["matched"], old, far)}'
    )


def _other_days(missing: int, old: int, far: int) -> str:
    """That names without an event are often not about these days at all."""
    said = [f"{old:,} tell of days before yesterday" if old else "", f"{far:,} of days still far ahead" if far else ""]
    told = " and ".join(filter(None, said))
    return f'<p class="aside">Of the {missing:,} names whose event is missing, {told}.</p>' if told else ""


def _trend(history: pl.DataFrame, last: date) -> str:
    """The match rate of each day: bars, and the same as a table."""
    known = history.filter(pl.col("day") > last - timedelta(days=TREND_DAYS), pl.col("day") <= last).sort("day")
    if known.is_empty():
        return "<p>No day is on record yet.</p>"
    rows = known.to_dicts()
    first: date = min(rows[0]["day"], last - timedelta(days=6))
    days = (last - first).days + 1
    bars = "".join(
        f'<rect class="{"today" if row["day"] == last else "matched"}" x="{10 * (row["day"] - first).days + 1}" '
        f'y="{100 * (1 - (row["match_rate"] or 0)):.1f}" width="8" height="{100 * (row["match_rate"] or 0):.1f}">'
        f"<title>{_date(row['day'])}: {_percent(row['match_rate'])}</title></rect>"
        for row in rows
    )
    one = " This is the first day on record; each further day adds a bar." if known.height == 1 else ""
    return (
        '<p class="note">Share of the names of each day that found their event; <i class="today"></i>the day of this '
        f"report.{one}</p>"
        + _plot(bars, 10 * days, ("100 %", "50 %", "0"), (_short(first), _short(last)))
        + _table(
            "trend-title",
            ("Day", "Slots", "Matched", "One side", "Unmatched", "Nothing on", "Rate"),
            [
                (_date(row["day"]), *(f"{row[column]:,}" for column in _COUNTS), _percent(row["match_rate"]))
                for row in reversed(rows)
            ],
        )
    )


_COUNTS = ("slots", "matched", "partial", "unmatched", "unparseable")


def _sure(bins: pl.DataFrame) -> str:
    """How many matches are how sure: bars of five percent each, and the same as a table."""
    most = bins.select((pl.col("found") + pl.col("short")).max()).item()
    if not most:
        return "<p>No name was like an event of the schedule.</p>"
    bars = "".join(
        _column("matched", row["from"], row["found"], 0, most)
        + _column("unmatched", row["from"], row["short"], row["found"], most)
        for row in bins.iter_rows(named=True)
    )
    least = 100 * SURE / FULL_SCORE
    line = f'<line class="least" x1="{2 * least:.1f}" x2="{2 * least:.1f}" y1="0" y2="100"/>'
    short = bins["short"].sum()
    rows = bins.filter(pl.col("found") + pl.col("short") > 0).iter_rows(named=True)
    return (
        '<p class="note"><i class="matched"></i>matches taken, by their confidence. From the line, at '
        f"{least:.0f} %, a match is taken if no other event fits nearly as well"
        + (f'; <i class="unmatched"></i>{short:,} best guesses were not.</p>' if short else ".</p>")
        + _plot(bars + line, 200, (f"{most:,}", "", "0"), ("0 %", "50 %", "100 %"))
        + _table(
            "sure-title",
            ("Confidence", "Matches", "Guesses not taken"),
            [
                (f"{row['from']} to {row['from'] + figures.BIN} %", f"{row['found']:,}", f"{row['short']:,}")
                for row in rows
            ],
        )
    )


def _column(kind: str, start: int, count: int, below: int, most: int) -> str:
    if not count:
        return ""
    height = max(100 * count / most, 1.5)  # a single one is seen too
    top = 100 - 100 * below / most - height
    title = f"<title>{start} to {start + figures.BIN} %: {count:,}</title>"
    return f'<rect class="{kind}" x="{2 * start + 1}" y="{top:.1f}" width="8" height="{height:.1f}">{title}</rect>'


def _plot(marks: str, width: int, beside: tuple[str, ...], below: tuple[str, ...]) -> str:
    """A drawing with what stands beside it, from the top, and below it, from the left. A table says the same aloud."""
    lines = "".join(f'<line class="grid" x1="0" x2="{width}" y1="{y}" y2="{y}"/>' for y in (0, 50, 100))
    return (
        f'<div class="plot" aria-hidden="true"><div class="beside">{_spans(beside)}</div>'
        f'<svg viewBox="0 0 {width} 100" preserveAspectRatio="none">{lines}{marks}</svg>'
        f'<div class="below">{_spans(below)}</div></div>'
    )


def _spans(texts: tuple[str, ...]) -> str:
    return "".join(f"<span>{text}</span>" for text in texts)


def _table(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Figures behind a drawing, folded away, under the title of that id."""
    head = "".join(f'<th scope="col">{head}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>' for first, *rest in rows
    )
    return (
        "<details><summary>As a table</summary>"
        f'<table aria-labelledby="{title}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>'
    )


def _causes(diagnoses: pl.DataFrame, titles: EventTitles) -> str:
    """Each cause with its meaning, what to do about it, and some of its names."""
    counts = figures.by_cause(diagnoses)
    if counts.is_empty():
        return "<p>Every name that tells of something has its event.</p>"
    told = "".join(_cause(cause, names, diagnoses, titles) for cause, names in counts.iter_rows())
    return f'<div class="causes">{told}</div>'


def _cause(cause: str, names: int, diagnoses: pl.DataFrame, titles: EventTitles) -> str:
    told = TOLD[cause]
    of_cause = diagnoses.filter(pl.col("cause") == cause).unique("name", keep="first", maintain_order=True)
    examples = "".join(_example(row, titles) for row in of_cause.head(_EXAMPLES).iter_rows(named=True))
    return (
        f'<article><h3><b>{names:,}</b>{escape(told.meaning)}</h3><p class="do"><span>What to do</span> '
        f'{escape(told.remedy)}</p><ul>{examples}</ul><button type="button" class="link" data-filter="cause" '
        f'data-value="{cause}">Show {"it" if names == 1 else f"all {names:,}"}</button></article>'
    )


def _example(row: dict[str, Any], titles: EventTitles) -> str:
    nearest, advice = came_nearest(row, titles), remedy(row)
    more = f"<small>Nearest: {_public(nearest)}</small>" if nearest else ""
    if advice != TOLD[row["cause"]].remedy:
        more += f"<code>{_public(advice)}</code>"
    return f"<li>{_public(row['name'])}{more}</li>"


def _families(families: pl.DataFrame) -> str:
    heads = ("Slots", "Events", "Found", "One side", "Not found", "Shows", "Nothing on", "Rate")
    head = "".join(f'<th scope="col"><button type="button">{head}</button></th>' for head in ("Family", *heads))
    body = "".join(_family(row) for row in families.iter_rows(named=True))
    return (
        '<div class="scrolled" role="region" aria-labelledby="families-title" tabindex="0">'
        '<table id="families" aria-labelledby="families-title">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _family(row: dict[str, Any]) -> str:
    name = escape(row["family"])
    numbers = (row[column] for column in ("slots", "events", "matched", "partial", "unmatched", "show", "idle"))
    cells = "".join(f'<td data-by="{count}">{count or "–"}</td>' for count in numbers)
    rate = -1 if row["rate"] is None else row["rate"]
    bar = (
        '<svg viewBox="0 0 100 6" aria-hidden="true"><rect class="idle" width="100" height="6"/>'
        f'<rect class="matched" width="{100 * max(rate, 0):.0f}" height="6"/></svg>'
    )
    return (
        f'<tr><th scope="row" data-by="{name.lower()}"><button type="button" class="link" data-filter="family" '
        f'data-value="{name}">{name or "Others"}</button></th>{cells}'
        f'<td data-by="{rate}">{_percent(row["rate"])}{bar if row["events"] else ""}</td></tr>'
    )


def _rows(told: pl.DataFrame, day: ProviderDay, sports: Sports, texts: Texts) -> dict[str, Any]:
    """What the list works on: sentences stand once, slots point to them."""
    lines = (
        told.select(pl.col("why").explode(empty_as_null=False, keep_nulls=False))
        .to_series()
        .unique(maintain_order=True)
    )
    numbers = {line: number for number, line in enumerate(lines)}
    slots = told.with_columns(
        pl.col("starts_at").dt.epoch("ms"),
        pl.col("confidence").round(2),
        why=pl.col("why").list.eval(pl.element().replace_strict(numbers, return_dtype=pl.Int64)),
    )
    known = sports.of_leagues().filter(
        pl.col("league").is_in(told["league"].implode()), pl.col("league_name").is_not_null()
    )
    return {
        "timezone": day.timezone,
        "hour12": texts.clock(day.timezone) == texts.words.twelve_hours,
        "states": STATES,
        "causes": {cause: told.meaning for cause, told in TOLD.items()},
        "leagues": dict(known.select("league", "league_name").iter_rows()),
        "lines": lines.to_list(),
        "slots": slots.rows(),
    }


def _public(text: str) -> str:
    return escape(figures.ADDRESS.sub("(address)", text))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _date(day: date) -> str:
    return f"{day:%a, %b} {day.day}, {day.year}"


def _short(day: date) -> str:
    return f"{day:%b} {day.day}"
