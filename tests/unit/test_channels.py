"""A slot's channel: its id for ever, and nothing of the account in what is shown."""

from __future__ import annotations

import re

import polars as pl
import pytest
from guide_frames import slots_of
from hypothesis import given
from hypothesis import strategies as st

from epg_pipeline.domain.guide.channels import channels_of

ID = re.compile(r"[-a-zA-Z0-9]+(\.[-a-zA-Z0-9]+)+")


def ids(*slots: str) -> dict[str, str]:
    channels = channels_of(slots_of(*slots), "demo")
    return dict(channels.select("slot", "channel_id").rows())


@pytest.mark.parametrize(
    ("slot", "channel_id"),
    [
        ("NBA 05", "NBA-05.demo"),
        ("NCAAF 03", "NCAAF-03.demo"),
        ("Flo Football 30", "Flo-Football-30.demo"),
        ("ESPN+ 41", "ESPN-plus-41.demo"),
        ("Ligue1 01", "Ligue1-01.demo"),
    ],
)
def test_plain_keys_give_ids_that_read_as_the_slot(slot, channel_id):
    assert ids(slot) == {slot: channel_id}


def test_keys_that_look_alike_have_unlike_ids():
    alike = ["NBA 3", "【NBA】 3", "NBA | 3", "nba 3", "ESPN+ 41", "ESPN 41", "ESPN plus 41",
             "SEC+ / ACC extra 04", "SEC+ ACC extra 04", "US|Peacock PPV 25", "Матч 5",
             "مباراة 5", "5", "Télé 1", "Tele 1", "★", "☆"]  # fmt: skip
    found = ids(*alike)
    assert len({name.lower() for name in found.values()}) == len(alike)
    assert all(ID.fullmatch(name) for name in found.values())


@given(st.lists(st.text(min_size=1, max_size=12).map(str.strip).filter(bool), unique=True, min_size=1, max_size=8))
def test_any_keys_give_valid_ids_unique_ignoring_case(slots):
    found = list(ids(*slots).values())
    assert all(ID.fullmatch(name) for name in found)
    assert len({name.lower() for name in found}) == len(slots)


def test_an_id_depends_on_its_own_slot_alone():
    slots = ["NBA 05", "ESPN+ 41", "【NBA】 3", "US|Peacock PPV 25"]
    together = ids(*slots)
    assert ids(*reversed(slots)) == together
    assert {slot: ids(slot)[slot] for slot in slots} == together


def test_a_new_name_or_stream_changes_no_id():
    slots = slots_of("NBA 05", "【NBA】 3")
    renamed = slots.with_columns(
        name=pl.lit("NBA 05: other"), payload=pl.lit("other"), url=pl.lit("http://a.invalid/9")
    )
    assert channels_of(renamed, "demo")["channel_id"].equals(channels_of(slots, "demo")["channel_id"])


def test_channels_keep_the_providers_order_and_leave_out_what_is_no_slot():
    slots = slots_of("NBA 02", "Movie", "NBA 01", "NBA 02").with_columns(is_slot=pl.col("slot") != "Movie")
    channels = channels_of(slots.reverse(), "demo")
    assert channels["display_name"].to_list() == ["NBA 02", "NBA 01"]
    assert channels["position"].to_list() == [0, 2]


@pytest.mark.parametrize(
    "logo",
    [
        "http://provider.invalid/images/USERNAME/PASSWORD/logo.png",
        "http://USERNAME:PASSWORD@provider.invalid/logo.png",
        "http://provider.invalid/logo.php?username=USERNAME&password=PASSWORD",
    ],
)
def test_a_logo_that_tells_the_account_is_dropped(logo):
    slots = slots_of("NBA 01").with_columns(logo=pl.lit(logo))
    assert channels_of(slots, "demo")["logo"].to_list() == [""]


def test_an_ordinary_logo_stays():
    slots = slots_of("NBA 01").with_columns(logo=pl.lit(" https://art.example/nba/2025/logo.png "))
    assert channels_of(slots, "demo")["logo"].to_list() == ["https://art.example/nba/2025/logo.png"]


@pytest.mark.parametrize("slug", ["", "a.b", "a b", "-a", "é"])
def test_a_slug_that_could_not_stand_in_an_id_is_refused(slug):
    with pytest.raises(ValueError, match="provider slug"):
        channels_of(slots_of("NBA 01"), slug)
