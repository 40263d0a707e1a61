"""Frames to tables and back, fast.

Belongs here: COPY in both directions, how a Polars type is written in SQL, and the one upsert that touches only rows
that differ. Does not: what the rows mean.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

import polars as pl
import psycopg
from polars import selectors
from psycopg import sql
from psycopg.rows import class_row

from epg_pipeline.domain.frames import EVIDENCE, INSTANT, Contract, Frame, conform

Row = TypeVar("Row")

LIST = pl.List(pl.String)

SQL_TYPES: dict[pl.DataType, str] = {
    pl.Int64(): "bigint",
    pl.Float64(): "double precision",
    pl.Boolean(): "boolean",
    pl.String(): "text",
    pl.Date(): "date",
    pl.Time(): "time",
    INSTANT: "timestamptz",
    pl.Binary(): "bytea",
    LIST: "jsonb",
    EVIDENCE: "jsonb",
}

# Dates and instants cross as numbers, so that no session's DateStyle or TimeZone has a say.
READ_AS: dict[pl.DataType, tuple[str, pl.DataType]] = {
    pl.Boolean(): ("{}::text", pl.Boolean()),
    pl.Date(): ("({} - DATE '1970-01-01')", pl.Int32()),
    pl.Time(): ("(extract(epoch FROM {}) * 1000000000)::bigint", pl.Int64()),
    INSTANT: ("(extract(epoch FROM {}) * 1000000)::bigint", pl.Int64()),
    pl.Binary(): ("encode({}, 'hex')", pl.String()),
    LIST: ("{}::text", pl.String()),
    EVIDENCE: ("{}::text", pl.String()),
}


@dataclass(frozen=True)
class SaveResult:
    """Rows of one save: new or changed, found as they are, and marked as replaced by it."""

    written: int
    unchanged: int
    replaced: int = 0


def stage(connection: psycopg.Connection, frame: pl.DataFrame, table: str, json: Sequence[str] = ()) -> None:
    """Put a frame into a temporary table of this transaction; `json` names text columns that are JSON."""
    types = [(name, "jsonb" if name in json else SQL_TYPES[kind]) for name, kind in frame.schema.items()]
    columns = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in types)
    target = sql.Identifier(table)
    connection.execute(sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(target, columns))
    with connection.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(target)) as copy:
            copy.write(_as_csv(frame))
        cursor.execute(sql.SQL("ANALYZE {}").format(target))


def upsert(connection: psycopg.Connection, table: str, source: str, keys: Sequence[str], columns: Sequence[str]) -> int:
    """Insert or update the rows of `source` that are new or differ, and count them; the others are not touched.

    `source` is a staged table, or a query in parentheses, and has the key and the other columns under their names.
    Only those rows reach the INSERT, so that an unchanged one burns no id either; `updated_at` is set on a change.
    """
    names = [sql.Identifier(name) for name in (*keys, *columns)]
    key_names, others = names[: len(keys)], names[len(keys) :]
    statement = sql.SQL(
        # The LIMIT makes it one look into the unique index for each row, whatever the planner knows of a growing table:
        # it read the whole record for a day's rows.
        "INSERT INTO {table} ({names}) SELECT {given} FROM {source} AS i "
        "LEFT JOIN LATERAL (SELECT * FROM {table} AS x WHERE {same_key} LIMIT 1) AS t ON true "
        "WHERE t.{a_key} IS NULL OR ({old}) IS DISTINCT FROM ({new}) ORDER BY {keys_given} "
        "ON CONFLICT ({keys}) DO UPDATE SET {changes}, updated_at = now()"
    ).format(
        table=sql.Identifier(table),
        names=_listed(names),
        given=_listed(names, "i."),
        source=sql.SQL(source),
        same_key=sql.SQL(" AND ").join(sql.SQL("x.{0} = i.{0}").format(name) for name in key_names),
        a_key=key_names[0],
        old=_listed(others, "t."),
        new=_listed(others, "i."),
        keys_given=_listed(key_names, "i."),  # one order for all writers: two can't wait for each other
        keys=_listed(key_names),
        changes=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(name) for name in others),
    )
    return connection.execute(statement).rowcount


def read_rows(connection: psycopg.Connection, text: str, values: Mapping[str, Any], row: type[Row]) -> list[Row]:
    """The rows of a query as objects of a dataclass, whose fields the query has under their names."""
    with connection.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(text.encode(), values).fetchall()


@overload
def read_frame(
    connection: psycopg.Connection, text: str, values: Mapping[str, Any], schema: Contract[Frame]
) -> Frame: ...
@overload
def read_frame(
    connection: psycopg.Connection, text: str, values: Mapping[str, Any], schema: pl.Schema
) -> pl.DataFrame: ...
def read_frame(connection: psycopg.Connection, text: str, values: Mapping[str, Any], schema: pl.Schema) -> pl.DataFrame:
    """The rows of a query as a frame of this schema, whose columns the query has under their names, in its order.

    ContractError when the schema is a contract whose rules the rows break.
    """
    query = psycopg.ClientCursor(connection).mogrify(text, values)
    columns = sql.SQL(", ").join(_read_as(name, kind) for name, kind in schema.items())
    statement = sql.SQL("COPY (SELECT {} FROM ({}) AS q) TO STDOUT (FORMAT csv)").format(columns, sql.SQL(query))
    received = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for chunk in copy:
            received.write(chunk)
    if not received.tell():
        return pl.DataFrame(schema=schema)
    received.seek(0)
    wire = {name: READ_AS[kind][1] if kind in READ_AS else kind for name, kind in schema.items()}
    frame = pl.read_csv(received, has_header=False, schema=wire)
    frame = frame.with_columns(_from_wire(name, kind) for name, kind in schema.items() if kind in READ_AS)
    return conform(frame, schema, "rows on record") if isinstance(schema, Contract) else frame


def _listed(names: Sequence[sql.Identifier], prefix: str = "") -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(prefix) + name for name in names)


def _read_as(name: str, kind: pl.DataType) -> sql.Composed:
    column = sql.SQL("q.{}").format(sql.Identifier(name))
    return sql.SQL(READ_AS[kind][0]).format(column) if kind in READ_AS else sql.Composed([column])


def _from_wire(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind in (LIST, EVIDENCE):
        return column.str.json_decode(kind)
    if kind == pl.Binary():
        return column.str.decode("hex")
    return column.cast(kind)


def _as_csv(frame: pl.DataFrame) -> bytes:
    """CSV in which "" is an empty text and nothing at all is NULL, as PostgreSQL reads it."""
    return (
        frame.with_columns(
            selectors.string().str.replace_all("\0", "", literal=True),  # PostgreSQL's text has no such character
            *(_as_json(name) for name, kind in frame.schema.items() if kind in (LIST, EVIDENCE)),
            *(_as_bytea(name) for name, kind in frame.schema.items() if kind == pl.Binary()),
        )
        .write_csv(include_header=False)
        .encode()
    )


def _as_bytea(name: str) -> pl.Expr:
    return pl.concat_str(pl.lit("\\x"), pl.col(name).bin.encode("hex")).alias(name)


def _as_json(name: str) -> pl.Expr:
    """A list or struct as JSON; Polars writes that for structs only, hence the wrapping that is taken off again."""
    wrapped = pl.struct(a=name).struct.json_encode()
    return pl.when(pl.col(name).is_not_null()).then(wrapped.str.strip_prefix('{"a":').str.strip_suffix("}")).alias(name)
