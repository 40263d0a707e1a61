"""Contracts: what a frame holds, and the error that names what it breaks."""

from __future__ import annotations

import polars as pl
import pytest
from guide_frames import decisions_of

from epg_pipeline.domain import frames
from epg_pipeline.domain.frames import DECISIONS, ENTRIES, conform, empty
from epg_pipeline.errors import ContractError

CONTRACTS = {name: value for name, value in vars(frames).items() if isinstance(value, frames.Contract)}
MATCHED = {"match_status": "matched", "event_id": "game-1", "confidence": 0.9, "name": "NBA 01: x", "slot": "NBA 01"}


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_frame_without_rows_keeps_every_contract(name):
    assert conform(empty(CONTRACTS[name]), CONTRACTS[name], "nothing").is_empty()


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"kind": "film"}, "kind is one of event, show, placeholder, linear, vod"),
        ({"kind": None}, "kind is one of"),
        ({"match_status": "found"}, "match_status is one of"),
        ({"match_status": "unmatched"}, "event_id is null unless matched"),
        ({"confidence": 1.01}, "confidence is from 0 to 1"),
        ({"confidence": None}, "confidence is from 0 to 1"),
        ({"name": ""}, "name is not empty"),
        ({"first": "Troy"}, "competitors come in pairs"),
        ({"position": 0}, "unique position"),
        ({"coverage": "telecast"}, "coverage is one of"),
    ],
)
def test_a_broken_rule_is_named_with_the_rows_that_break_it(row, rule):
    good, bad = MATCHED | {"position": 0}, MATCHED | {"position": 7} | row
    conform(decisions_of(good), DECISIONS, "decisions")
    with pytest.raises(ContractError) as broken:
        conform(decisions_of(good, bad), DECISIONS, "decisions to store")
    assert str(broken.value).startswith('decisions to store: rule "')
    assert rule in str(broken.value)
    assert f"position {bad['position']}" in str(broken.value)


def test_what_is_missing_or_mistyped_is_named_before_any_rule():
    frame = decisions_of(MATCHED).drop("kind").with_columns(confidence=pl.lit("high"))
    with pytest.raises(ContractError, match="decisions: column kind is missing; confidence is String, not Float64"):
        conform(frame, DECISIONS, "decisions")


def test_an_address_with_its_password_is_never_shown():
    entry = {column: "" if kind == pl.String else 0 for column, kind in ENTRIES.items()}
    entry |= {"url": "http://provider.invalid/carol/hunter2/1", "options": "hunter2"}
    with pytest.raises(ContractError) as broken:
        conform(pl.DataFrame([entry, entry], schema=ENTRIES), ENTRIES, "entries")
    assert "hunter2" not in str(broken.value)
    assert 'rule "name is not empty" is broken by 2 of 2 rows (position 0, name ; position 0, name )' in str(
        broken.value
    )
