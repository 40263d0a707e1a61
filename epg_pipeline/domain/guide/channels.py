"""Event slots -> the channels of a guide.

Belongs here: the id a slot has for ever, and what a channel shows of its slot. Does not: what is on (schedule.py).
An id is made from the slot's key and the provider's slug alone, so no list order, name or neighbour can change it.
"""

import re
from hashlib import blake2s

import polars as pl

from epg_pipeline.domain.frames import CHANNELS, Channels, Slots, conform
from epg_pipeline.domain.text import one_line

_SLUG = re.compile(r"[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*")

# A key of such words reads back from its id: "ESPN+ 41" is the only one that gives "ESPN-plus-41". Any other key
# ("【NBA】 3", "US|Peacock PPV 25") loses something on the way and carries a hash of itself.
_READS_BACK = r"^[A-Za-z0-9]+\+?( [A-Za-z0-9]+\+?)*$"
_IS_A_WORD_FOR_PLUS = r"(?i)\bplus\b"

# Letters that do not decompose into a Latin one and an accent.
_LETTERS = {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D",
            "ð": "d", "ł": "l", "Ł": "L", "ı": "i", "þ": "th", "Þ": "Th", "&": " and "}  # fmt: skip


def channels_of(slots: Slots, provider_slug: str) -> Channels:
    """CHANNELS for the event slots of SLOTS, in the provider's order, one for each slot key.

    Rows that are not slots are left out; of several with the same key the first counts. The display name is the slot's
    key, which stays while the payload changes. A logo whose address repeats the stream's account is dropped, because
    guides are public. ValueError when the slug could not be part of an id.
    """
    if not _SLUG.fullmatch(provider_slug):
        raise ValueError(f"provider slug {provider_slug!r}: letters and digits, parted by single hyphens, are expected")
    channels = (
        slots.filter("is_slot", pl.col("slot") != "")
        .sort("position")
        .unique("slot", keep="first", maintain_order=True)
        .with_columns(
            display_name=_display_name(),
            logo=pl.when(_reveals_the_account()).then(pl.lit("")).otherwise(pl.col("logo").str.strip_chars()),
            channel_id=_readable(pl.col("slot")),
        )
    )
    return conform(_with_distinct_ids(channels, provider_slug), CHANNELS, "channels")


def _display_name() -> pl.Expr:
    """The key as viewers read it. A playlist can't say a double quote: guide and playlist call the channel the same."""
    quotes_alike = one_line(pl.col("slot")).str.replace_all('"', "'", literal=True)
    return quotes_alike.replace("", "Slot")  # a key that only machines can read


def _readable(slot: pl.Expr) -> pl.Expr:
    """The key as ASCII words joined by hyphens: "SEC+ / ACC extra 04" -> "SEC-plus-ACC-extra-04"."""
    return (
        slot.str.replace_many(_LETTERS)
        .str.normalize("NFKD")
        .str.replace_all("+", " plus ", literal=True)
        .str.replace_all(r"\p{M}|['’]", "")
        .str.replace_all(r"[^A-Za-z0-9]+", "-")
        .str.strip_chars("-")
    )


def _with_distinct_ids(channels: pl.DataFrame, provider_slug: str) -> pl.DataFrame:
    slot, words = pl.col("slot"), pl.col("channel_id")
    reads_back = slot.str.contains(_READS_BACK) & ~slot.str.contains(_IS_A_WORD_FOR_PLUS)
    # Keys that differ in case only ("NBA 05", "nba 05") can't both do without.
    alone = slot.str.to_lowercase().is_unique()
    lettered = pl.when(words.str.contains("[A-Za-z]")).then(words).otherwise("slot-" + words).str.strip_chars("-")
    hashed = lettered + "-" + slot.map_batches(_short_hashes, return_dtype=pl.String)
    identifier = pl.when(reads_back & alone).then(words).otherwise(hashed)
    return channels.with_columns(channel_id=identifier + pl.lit(f".{provider_slug}"))


def _short_hashes(slots: pl.Series) -> pl.Series:
    # Polars' own hash may change between versions, an id may not: so one by one, for a few thousand keys at most.
    return pl.Series(slots.name, [blake2s(slot.encode(), digest_size=3).hexdigest() for slot in slots], pl.String)


def _reveals_the_account() -> pl.Expr:
    """Whether the logo's address holds the stream address's two parts before the last, or another account."""
    account = pl.col("url").str.extract(r"/([^/]+/[^/]+)/[^/]*$", 1)
    repeats = pl.col("logo").str.contains(account, literal=True) & account.str.contains(r"^[^.]+/[^.]+$")
    of_its_own = pl.col("logo").str.contains(r"(?i)://[^/]*@|[?&](?:user(?:name)?|pass(?:word)?|token|auth)=")
    return repeats.fill_null(value=False) | of_its_own
