"""The printed forms of dates and clocks, and a payload with its times cut out.

Belongs here: what a time looks like, in the words and zones of config. Does not: what instant it means (dating.py).
The patterns run in Rust's engine: no look-around. Named groups carry the parts.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from epg_pipeline.config import Facts

TIME_WAS_HERE = "\x07"
"""Stands in a cut payload where a time was: it separates what stood before from what stood after.

A control character because a repaired name has none, and an ASCII one because word boundaries cost nothing there.
"""

_NEVER_A_DATE = r"\b24/7\b"
_ROUND_THE_CLOCK = "\x0e"  # stands for "24/7" while dates are looked for

# "7:30 PM", "7:30p", "7pm", "19:30", "19h30", "21h"; a lone letter counts only when glued to the minutes.
_HALF = r"[aApP]\.?[mM]\b\.?"
_MINUTES = rf"[:hH](?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\s*(?P<half>{_HALF})|(?P<letter>[aApP])\b)?"
_CLOCK = rf"(?P<hour>\d{{1,2}})(?:{_MINUTES}|[hH]\b|\s*(?P<half2>{_HALF}))"
_BARE_CLOCK = rf"\d{{1,2}}(?:[:hH]\d\d(?::\d\d)?(?:\s*{_HALF}|[aApP]\b|[hH]\b)?|[hH]\b|\s*{_HALF})"
_BEGINS = r"(?:^|[^\d:/.]|T)"
# Weekdays right before a clock need no mark before them: no team's name ends so, but "Connecticut Sun" and "Sheff Wed"
_NO_TEAM_ENDS_SO = (
    r"(?i:\b(?:mon|tues?|wednes|wed|thu|thurs|fri|satur|sat|sun)(?:day)?|\b(?:sab|sáb|dom|dim|jeu|jue|vie|mié))\b\.?"
)
# What stands right behind a separator is a side, however it reads ("LAC vs DEN 7 PM"), and so are these teams: a joiner
# in their middle keeps them out while times are looked for. Behind an "@" only a code: a weekday may stand there.
_JOINER = "\x0f"
_TEAMS_LIKE_TIMES = (
    (r"(?i)\b(connecticut|sheff\.?|sheffield)(\s+)(\p{L})(\p{L}{1,8})\b", "${1}${2}${3}" + _JOINER + "${4}"),
    (r"(?i)\b(vs?\.?|at)(\s+)(\p{L})(\p{L}{1,8})\b", "${1}${2}${3}" + _JOINER + "${4}"),
    (r"\b([A-Z]{2,4}\s+@\s+[A-Z])([A-Z]{1,3})\b", "${1}" + _JOINER + "${2}"),
)
# Zones that are not a word in any language may stand in lower case; two letters only behind "am" or "pm".
_SAFE_ZONES = r"(?i:est|edt|pst|pdt|cst|cdt|gmt|utc|bst|cet|cest|aest|aedt)"


@dataclass(frozen=True, slots=True)
class TimeForms:
    """Patterns in the order they are tried: dates, in the order of DATE_FORMS; clocks, with a zone first; what to cut.

    `weekdays` and `months` number the printed words, from 1.
    """

    dates: tuple[str, ...]
    clocks: tuple[str, ...]
    cut_clocks: tuple[str, ...]
    beside: str
    behind: str
    weekdays: dict[str, int]
    months: dict[str, int]


@lru_cache(maxsize=8)
def time_forms(facts: Facts) -> TimeForms:
    """The forms of config's languages and zones."""
    weekdays, months = _numbered(facts.words.weekdays), _numbered(facts.words.months)
    weekday = _any_of(weekdays) + r"\b\.?,?"
    beside = rf"\b(?:{'|'.join(map(re.escape, facts.words.beside_time))})\b\.?"  # in lower case: "DEN" is Denver
    return TimeForms(
        dates=_dates(weekday, _any_of(months) + r"\b\.?", beside),
        clocks=_clocks(facts, beside),
        cut_clocks=_cut_clocks(facts, beside),
        beside=rf"(?:(?:^|[|(\[,–-])\s*{weekday}|@\s*(?i:wed|sun)[a-z]*\b\.?,?|{_NO_TEAM_ENDS_SO}|{beside})",
        behind=rf"(?:{_any_of(facts.words.behind_time)}\b\.?|{_NO_TEAM_ENDS_SO})",
        weekdays=weekdays,
        months=months,
    )


def _numbered(forms: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    return {word: number for number, words in enumerate(forms, 1) for word in words}


DATE_FORMS = ("iso", "day month", "month day", "day month", "numeric", "numeric", "dotted", "dotted", "weekday")


def _dates(weekday: str, month: str, beside: str) -> tuple[str, ...]:
    # A weekday belongs to a date only behind a mark: "Connecticut Sun 8 May" is a team and a date.
    marked = rf"(?:(?:^|[|(\[,:–-])\s*(?P<weekday>{weekday})\s*)?"
    year = r"(?:,?\s+(?P<year>20\d\d)\b)?"
    behind_day = rf"(?:,?\s+(?P<year>20\d\d)\b|,\s*(?P<later>{weekday})|[\s)\]|,@-]|$)"
    numeric = r"(?P<one>\d{1,2})/(?P<two>\d{1,2})(?:[\s)\]|@,-]|$)"
    return (
        # 2025-10-08, and the sentinel dates of idle slots
        r"\b(?P<year>20\d\d)[-/.](?P<month>\d\d)[-/.](?P<day>\d\d)(?:T|\b)",
        # Sat 4th Oct · Saturday, 15 February 2025
        rf"{marked}\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)\s+(?P<name>{month}){year}",
        # Oct 22 07:00 PM · March 1 · August 10th, Sun: the number behind the month is not a clock
        rf"{marked}\b(?P<name>{month})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{behind_day}",
        # 22 Oct · Sat 03 Jan · 30 @ Aug · 7 de diciembre
        rf"{marked}\b(?P<day>\d{{1,2}})(?:[\s.@-]+|\s+de\s+)(?P<name>{month}){year}",
        # 04/01/2026 · 09/28/25 · 14.11.2025
        r"\b(?P<one>\d{1,2})[/.](?P<two>\d{1,2})[/.](?P<year>20\d\d|\d\d)\b",
        # 22/10 · 11/14
        rf"(?:(?:^|[|(\[,:–-])\s*(?P<weekday>{weekday})\s*|^|[\s(\[|@-]){numeric}",
        # 07.12. · So. 07.12. 15:30
        r"(?:^|[\s(\[|@,-])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?:\s|$)",
        # 11.14 8:00 PM: the clock stays for its own pattern
        r"(?:^|[\s(\[|@-])(?P<one>\d{1,2})\.(?P<two>\d{1,2})(?P<rest>\s+@?\s*\d{1,2}[:.]\d\d)",
        # Mon 20:00 · (Sat 10PM ET) · Lions Sun 4:25 PM: a weekday alone
        rf"(?:(?:^|[|(\[,–-])\s*(?P<weekday>{weekday})|\s(?P<later>{_NO_TEAM_ENDS_SO}))(?P<rest>\s*@?\s*(?:{beside}\s*)?\d{{1,2}}(?:[:.h]\d|[hH]\b|\s?[ap]\.?m))",
    )


def _clocks(facts: Facts, beside: str) -> tuple[str, ...]:
    zone = _zone(facts)
    short = "|".join(name for name in facts.zones if len(name) <= len("ET"))
    with_half = rf"(?P<hour>\d{{1,2}})(?:[:hH](?P<minute>\d\d))?\s*(?P<half>{_HALF})\s*\(?(?P<zone>(?i:{short}))\b"
    return (
        rf"{_BEGINS}{_CLOCK}\s*\(?(?P<zone>{zone})",
        rf"{_BEGINS}{with_half}",
        rf"{_BEGINS}{_CLOCK}",
        # 17.30 Leeds v Liverpool · ore 20.45
        rf"(?i)(?:^|{beside}\s*)(?P<hour>\d{{1,2}})\.(?P<minute>[0-5]\d)(?:\s|$|\))",
        r"\s(?P<hour>[01]?\d|2[0-3])\.(?P<minute>[0-5][05])$",
        # 1500 Sheffield United v Stoke City
        r"^(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5][05])\s+\p{L}",
    )


def _cut_clocks(facts: Facts, beside: str) -> tuple[str, ...]:
    clock = rf"{_BARE_CLOCK}\s*(?:\(?(?:{_zone(facts)})\)?|(?i:\bet\b|\bpt\b))?"
    return (
        rf"(?:\b(?:start|stop)\s*:\s*)?(?P<before>^|[^\d:/.\w]|T|\b){clock}(?P<rest>)(?:\s*[~/–-]\s*{clock})*",
        rf"(?i)(?P<before>^|{beside}\s*)\d{{1,2}}\.[0-5]\d(?P<rest>\s|$|\))",
        r"(?P<before>\s)(?:[01]?\d|2[0-3])\.[0-5][05](?P<rest>)$",
        r"^(?P<before>)(?:[01]\d|2[0-3])[0-5][05](?P<rest>\s+\p{L})",
    )


def _zone(facts: Facts) -> str:
    names = "|".join(sorted(facts.zones, key=len, reverse=True))
    return rf"(?:GMT|UTC)\s?[+-]\d{{1,2}}(?::?[03]0)?|(?:{names})\b|{_SAFE_ZONES}\b"


def _any_of(words: tuple[str, ...] | dict[str, int]) -> str:
    forms = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return rf"(?i:\b(?:{forms}))"


def without_times(payload: pl.Expr, facts: Facts) -> pl.Expr:
    """The payload with every date and clock cut out, TIME_WAS_HERE in their place (one for a run of them)."""
    forms = time_forms(facts)
    mark = f" {TIME_WAS_HERE} "
    text = without_lookalikes(payload)
    for pattern in forms.dates:
        rest = "${rest}" if "<rest>" in pattern else ""
        text = text.str.replace_all("(?i)" + pattern, mark + rest)
    for pattern in forms.cut_clocks:
        text = text.str.replace_all(pattern, "${before}" + mark + "${rest}")
    # What is left between and around the parts of one time: marks, brackets, weekdays, "at", "Uhr", a stray T.
    between = rf"(?:[\s@|,()\[\]~/–T-]|st(?:art|op)\s*:|{forms.beside}|{forms.behind})*"
    behind = rf"(?:[\s@,)\]~/]|{forms.behind})*"
    text = text.str.replace_all(rf"{TIME_WAS_HERE}(?:{between}{TIME_WAS_HERE})*{behind}", TIME_WAS_HERE)
    # What stands before a time is cut piece by piece: a pattern that ends at the piece's end costs no search.
    before = rf"(?:(?:[|-]|^)\s*\p{{L}}{{2,9}}\.?,\s*)?(?:[\s@|,(\[~/–-]|start\s*:|{forms.beside})*$"
    pieces = text.str.split(TIME_WAS_HERE)
    pieces = pieces.list.eval(
        pl.when(pl.int_range(pl.len()) < pl.len() - 1)
        .then(pl.element().str.replace(before, ""))
        .otherwise(pl.element())
    )
    text = pieces.list.join(mark)
    text = text.str.replace_all(_ROUND_THE_CLOCK, "24/7", literal=True)
    return text.str.replace_all(_JOINER, "", literal=True).str.strip_chars()


def without_lookalikes(payload: pl.Expr) -> pl.Expr:
    """The payload with what only looks like a date or a weekday made to look otherwise, until `without_times` ends."""
    text = payload.str.replace_all(_NEVER_A_DATE, _ROUND_THE_CLOCK)
    for pattern, protected in _TEAMS_LIKE_TIMES:
        text = text.str.replace_all(pattern, protected)
    return text
