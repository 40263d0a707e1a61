"""The slots of a provider and what they are called each day.

Belongs here: the rows of `channel_names` and `slot_names`. Does not belong: what a name says (domain/reading).
"""

from dataclasses import dataclass
from datetime import date

import polars as pl
import psycopg

from epg_pipeline.adapters.store.connections import Connections, SubStore, in_transaction
from epg_pipeline.adapters.store.frames import read_frame, read_rows, stage, upsert
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.sealing import Seal
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.domain.frames import NAMED_CHANNELS, NamedChannels, conform
from epg_pipeline.domain.text import folded

STREAM = "stream address"  # below the option lines, if there are any
CHANNEL_KEYS = pl.Schema({"channel_name_id": pl.Int64, "slot": pl.String, "channel_id": pl.String})


@dataclass(frozen=True)
class SlotChanges:
    """How a playlist's slots differ from those in force before, by slot; a slot is changed when its name is.

    `written` counts the rows of the record that had to be touched.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    written: int


def channel_keys(connection: psycopg.Connection, provider: Provider) -> pl.DataFrame:
    """The row id, slot and channel id of every slot the provider ever had."""
    rows = "SELECT id AS channel_name_id, slot, channel_id FROM channel_names WHERE provider_id = %(provider)s"
    return read_frame(connection, rows, {"provider": provider.id}, CHANNEL_KEYS)


def with_lasting_slots(channels: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The channels under the keys they once had: "NCAAF-3" is the "NCAAF 03" of before, unless that is there as well.

    So a provider that changes the spelling of a family, or the number of digits, changes no row and no id.
    """
    new = channels.join(known, on="slot", how="anti").select("slot", spelling=_spelling())
    gone = known.join(channels, on="slot", how="anti").select(before="slot", spelling=_spelling())
    alone = pl.col("spelling").is_unique() & (pl.col("spelling") != "")
    respelled = new.filter(alone).join(gone.filter(alone), on="spelling").drop("spelling")
    joined = channels.join(respelled, on="slot", how="left", maintain_order="left")
    return joined.with_columns(slot=pl.coalesce("before", "slot")).drop("before")


@dataclass(frozen=True)
class NamesInForce:
    """The day whose slot names are in force, and how many slots there were."""

    day: date
    slots: int


class Slots(SubStore):
    """The slots of providers, their channels, and what they are called each day."""

    def __init__(self, connections: Connections, seal: Seal) -> None:
        """`seal` encrypts the streams' addresses."""
        super().__init__(connections)
        self._seal = seal

    @in_transaction
    def names_in_force(self, connection: psycopg.Connection, provider: Provider, day: date) -> NamesInForce | None:
        """The names in force on a day: its own, else those of the latest earlier day; None before the first.

        A playlist that was refused stored no names, so its day is never the answer.
        """
        values = {"provider": provider.id, "day": day}
        return next(iter(read_rows(connection, query("slot_count"), values, NamesInForce)), None)

    def names_day(self, provider: Provider, day: date) -> date:
        """The day whose names are in force, the day itself when there are none yet."""
        names = self.names_in_force(provider, day)
        return names.day if names else day

    @in_transaction
    def keys(self, connection: psycopg.Connection, provider: Provider) -> list[str]:
        """The key of every slot the provider ever had."""
        return channel_keys(connection, provider)["slot"].to_list()

    @in_transaction
    def save(
        self, connection: psycopg.Connection, provider: Provider, day: date, channels: pl.DataFrame
    ) -> SlotChanges:
        """Store the slots of a day; `channels` is a NAMED_CHANNELS frame. Of a slot given twice the first stays."""
        given = conform(channels, NAMED_CHANNELS, "channels to store").with_columns(pl.col(pl.String).fill_null(""))
        once = given.sort("position", maintain_order=True).unique("slot", keep="first", maintain_order=True)
        known = channel_keys(connection, provider)
        ids = with_lasting_ids(with_lasting_slots(once, known), known)
        whole = ids.select(pl.concat_str(pl.col("options") + "\n", "url"))["options"].str.strip_chars_start("\n")
        # A loop over rows: the cipher seals one text at a time.
        sealed = pl.Series("stream_url_sealed", [self._seal.close(stream, STREAM) for stream in whole], dtype=pl.Binary)
        stage(connection, ids.drop("options", "url").with_columns(sealed), "incoming")
        latest = _latest_day(connection, provider)
        is_latest = latest is None or day >= latest
        values = {"provider": provider.id, "day": day, "status": "active" if is_latest else "removed"}
        added, changed, removed, unchanged = connection.execute(query("slot_changes"), values).fetchone() or (
            0,
            0,
            0,
            0,
        )
        written = connection.execute(query("save_channels"), values).rowcount
        written += connection.execute(query("extend_first_seen"), values).rowcount
        if is_latest:
            written += connection.execute(query("remove_missing_channels"), values).rowcount
        if added or changed or removed:
            connection.execute(query("mark_days_ahead"), values)
        connection.execute(query("named_slots"), values)
        written += upsert(connection, "slot_names", "named", ("channel_name_id", "day"), ("name", "position", "change"))
        return SlotChanges(added, changed, removed, unchanged, written)

    @in_transaction
    def channels(self, connection: psycopg.Connection, provider: Provider, day: date) -> NamedChannels:
        """The channels of a day as a NAMED_CHANNELS frame, in the playlist's order.

        See `channels.sql` for which day's.
        """
        stored = pl.Schema(
            {
                **{name: kind for name, kind in NAMED_CHANNELS.items() if name not in ("options", "url")},
                "stream_url_sealed": pl.Binary(),
            }
        )
        frame = read_frame(connection, query("channels"), {"provider": provider.id, "day": day}, stored)
        # A loop over rows: the cipher opens one text at a time.
        opened = pl.Series(
            "url", [self._seal.open(stream, STREAM) for stream in frame["stream_url_sealed"]], dtype=pl.String
        )
        parts = opened.to_frame().select(
            options=pl.col("url").str.extract(r"(?s)^(.*)\n").fill_null(""), url=pl.col("url").str.extract(r"([^\n]*)$")
        )
        return conform(pl.concat([frame, parts], how="horizontal"), NAMED_CHANNELS, "stored channels")


def _spelling() -> pl.Expr:
    """A slot's key whatever its spelling: letters and digits, numbers without leading zeros."""
    words = folded(pl.col("slot").str.replace_all("+", " plus ", literal=True))
    counted = words.str.replace_all(r"(^|\D)0+(\d)", "${1}${2}")
    return counted.str.replace_all(r"([^\d ]) ", "${1}").str.replace_all(r" ([^\d ])", "${1}")


def with_lasting_ids(channels: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The channels with the ids they were once given; a new slot whose id is taken gets another one."""
    before = known.select("slot", lasting="channel_id")
    joined = channels.join(before, on="slot", how="left", maintain_order="left")
    taken = {name.lower() for name in known["channel_id"]}
    fresh: list[str] = []
    # A loop over rows: each choice depends on those before it. Only slots never seen are looked at.
    for wanted, lasting in joined.select("channel_id", "lasting").iter_rows():
        chosen = lasting or _free_id(wanted, taken)
        taken.add(chosen.lower())
        fresh.append(chosen)
    return joined.drop("lasting").with_columns(pl.Series("channel_id", fresh, dtype=pl.String))


def _free_id(wanted: str, taken: set[str]) -> str:
    stem, _, suffix = wanted.rpartition(".")
    choice, number = wanted, 1
    while choice.lower() in taken:
        number += 1
        choice = f"{stem}-{number}.{suffix}"
    return choice


def _latest_day(connection: psycopg.Connection, provider: Provider) -> date | None:
    row = connection.execute(query("latest_slot_day"), {"provider": provider.id}).fetchone()
    return row[0] if row else None
