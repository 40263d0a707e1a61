"""Steps that fail on single rows: the others are done, and the faulty ones named."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from epg_pipeline.errors import StoreError, one_line
from epg_pipeline.flows.quarantine import MAX_SINGLE_FAULTS, without_faulty


def named(names):
    return pl.DataFrame({"name": names}, schema={"name": pl.String})


def refusing(bad, calls=None):
    def step(rows):
        if calls is not None:
            calls.append(rows.height)
        if faulty := [name for name in rows["name"] if name in bad]:
            raise ValueError(f"can't do {faulty[0]}")
        return rows.with_columns(done=pl.lit(True))

    return step


def test_without_a_fault_all_rows_go_through_at_once():
    calls = []
    result, faulty = without_faulty(refusing(set(), calls), named(["a", "b", "c"]), "read")
    assert (result["name"].to_list(), faulty, calls) == (["a", "b", "c"], [], [3])


@given(
    st.lists(st.integers(0, 60).map(str), unique=True, max_size=60), st.sets(st.integers(0, 60).map(str), max_size=8)
)
def test_the_good_rows_come_back_in_order_and_the_bad_ones_are_named(names, bad):
    result, faulty = without_faulty(refusing(bad), named(names), "read")
    assert result["name"].to_list() == [name for name in names if name not in bad]
    assert [(slot.stage, slot.name, slot.reason) for slot in faulty] == [
        ("read", name, f"ValueError: can't do {name}") for name in names if name in bad
    ]


def test_a_step_that_fails_on_everything_is_broken():
    names = [str(number) for number in range(MAX_SINGLE_FAULTS + 20)]
    with pytest.raises(ValueError, match="can't do"):
        without_faulty(refusing(set(names)), named(names), "read")


def test_when_every_row_is_bad_the_result_has_no_rows_but_its_columns():
    result, faulty = without_faulty(refusing({"a"}), named(["a"]), "read")
    assert result.columns == ["name", "done"]
    assert result.is_empty()
    assert len(faulty) == 1


def test_an_error_is_one_short_line():
    assert one_line(ValueError("two\nlines")) == "ValueError: two lines"
    assert one_line(KeyError()) == "KeyError"
    assert one_line(StoreError("it is full", "Make room.")) == "it is full. Make room."
    text = one_line(ValueError("no reading of http://tv.example/live/carol/hunter2/1.ts here"))
    assert text == "ValueError: no reading of http://tv.example/… here"
    assert len(one_line(ValueError("x" * 5000))) < 420
