"""Any text a playlist can print is stored and read as it is."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from epg_pipeline.adapters.store.connections import Connections
from epg_pipeline.adapters.store.frames import read_frame, stage

# NUL is the one character PostgreSQL can't hold; lone surrogates are not text.
CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=("Cs",)) | st.sampled_from('",\\\r\n\t .N{}[]')
TEXTS = st.none() | st.text(CHARACTERS, max_size=20)
SCHEMA = pl.Schema({"number": pl.Int64(), "text": pl.String(), "texts": pl.List(pl.String()), "bytes": pl.Binary()})
ROWS = st.lists(
    st.tuples(
        TEXTS, st.none() | st.lists(st.text(CHARACTERS, max_size=8), max_size=3), st.none() | st.binary(max_size=8)
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def connections(empty_database):
    opened = Connections(empty_database)
    yield opened
    opened.close()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_a_frame_goes_into_a_table_and_comes_back_unchanged(connections, rows):
    frame = pl.DataFrame([(number, *row) for number, row in enumerate(rows)], schema=SCHEMA, orient="row")
    with connections.transaction() as connection:
        stage(connection, frame, "staged")
        read = read_frame(connection, "SELECT number, text, texts, bytes FROM staged ORDER BY number", {}, SCHEMA)
    assert read.equals(frame)
