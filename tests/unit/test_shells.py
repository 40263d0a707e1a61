"""A slot's name is its shell, which stays, and its payload, which changes daily."""

from __future__ import annotations

import polars as pl
import pytest
from reading import facts, slots_of

from epg_pipeline.domain.reading.slot_prefix import cut_shells, slot_key

CUT = [
    # name, family, shell's key, payload
    ("NBA 05: Lakers @ Celtics", "NBA", "NBA 05", "Lakers @ Celtics"),
    ("NBA 05:", "NBA", "NBA 05", ""),
    ("USA Real NBA 01: A vs B", "NBA", "USA Real NBA 01", "A vs B"),
    ("NFL | 02 - Giants vs Jets", "NFL", "NFL 02", "Giants vs Jets"),
    ("US|Peacock PPV 25 | A vs B", "Peacock", "US Peacock PPV 25", "A vs B"),
    ("GAAGO : GAME 01 Cork v Dublin", "GAAGO", "GAAGO GAME 01", "Cork v Dublin"),
    ("SEC+ / ACC extra 01 : Soccer (W) | A vs B", "SEC+ / ACC extra", "SEC+ / ACC extra 01", "Soccer (W) | A vs B"),
    ("ESPN+ 20 : #25 Kentucky vs. #20 Georgia Southern", "ESPN+", "ESPN+ 20", "#25 Kentucky vs. #20 Georgia Southern"),
    ("Ligue1 01: A v B", "Ligue 1", "Ligue1 01", "A v B"),
    ("La Liga 2 03: A v B", "La Liga 2", "La Liga 2 03", "A v B"),
    ("USA Soccer01: A v B", "USA Soccer", "USA Soccer01", "A v B"),
    ("EFL01 A v B", "EFL", "EFL01", "A v B"),
    (
        "UEFA Champions League 03 : Real Madrid 20:00 Juventus  22/10",
        "UEFA Champions League",
        "UEFA Champions League 03",
        "Real Madrid 20:00 Juventus 22/10",
    ),
    ("Tennis TV | Event 01: A v B", "Tennis TV", "Tennis TV Event 01", "A v B"),
    ("Sky Sports+ | Leeds v Hull", "Sky Sports+", "Sky Sports+", "Leeds v Hull"),
    # families of no config: the general grammar
    ("US (MLS 002) | A vs B", "MLS", "US MLS 002", "A vs B"),
    ("(Victory+ 045) | A vs B", "Victory+", "Victory+ 045", "A vs B"),
    ("(Apple) (MLS) 006 | A vs B", None, "Apple MLS 006", "A vs B"),
    ("PT: DAZN PPV 13 - A x B", None, "PT DAZN PPV 13", "A x B"),
    ("ZZTOP SPORT EVENT 7 | A vs B", "ZZTOP SPORT EVENT", "ZZTOP SPORT EVENT 7", "A vs B"),
    ("QX Plus 112 : A vs B", "QX Plus", "QX Plus 112", "A vs B"),
]

WHOLE = [
    "Lakers vs Celtics",
    "Lakers vs 76ers: 7:30 PM",  # an opponent's number is not a slot's
    "7:30 PM | Lakers vs Celtics",
    "NBA 7:30 Lakers vs Celtics",  # a clock is not slot 7
    "2025-10-08 | Lakers vs Celtics",
    "08/10 | Lakers vs Celtics",
    "Germany - Bundesliga 2 : Bochum vs Kiel",  # a competition whose name ends in a number
    "World Cup 2026: USA vs Paraguay",  # a year
    "",
]


def cut(names: list[str]) -> dict[str, dict[str, str]]:
    rows = cut_shells(pl.DataFrame({"text": names}, schema={"text": pl.String}), facts())
    rows = rows.with_columns(key=slot_key(pl.col("shell")))
    return {row["text"]: row for row in rows.iter_rows(named=True)}


FOUND = cut([*(name.replace("  ", " ") for name, *_ in CUT), *WHOLE])


@pytest.mark.parametrize(("name", "family", "key", "payload"), CUT)
def test_shell_and_payload_are_separated(name, family, key, payload):
    row = FOUND[name.replace("  ", " ")]
    assert (row["key"], row["payload"]) == (key, payload)
    if family is not None:
        assert row["family"] == family


@pytest.mark.parametrize("name", WHOLE)
def test_a_name_without_a_shell_is_all_payload(name):
    row = FOUND[name]
    assert (row["shell"], row["family"], row["payload"]) == ("", "", name)


def test_every_family_is_found_by_each_of_its_shells():
    shells = {f"{shell} 07: A vs B": family.name for family in facts().families for shell in family.shells}
    found = cut(list(shells))
    wrong = {name: found[name]["family"] for name, family in shells.items() if found[name]["family"] != family}
    assert wrong == {}
    assert {found[name]["payload"] for name in shells} == {"A vs B"}


@pytest.mark.parametrize("mark", [":", " :", " |", "|", ": ", " - ", " – ", ""])
def test_the_mark_between_number_and_payload_does_not_matter_to_a_known_family(mark):
    row = slots_of(f"NCAAF 03{mark} Troy at Old Dominion @ 07:30 PM ET").row(0, named=True)
    assert (row["family"], row["slot"], row["is_slot"]) == ("NCAAF", "NCAAF 03", True)


def test_case_and_spacing_of_a_shell_do_not_matter():
    found = cut(["nba  5: A vs B".replace("  ", " "), "Nba 05: A vs B", "ESPN + 12: A vs B"])
    assert [row["family"] for row in found.values()][:2] == ["NBA", "NBA"]
