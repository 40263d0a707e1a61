"""Guides before judges that are not ours: the DTD and the tools of xmltv-util, where they are installed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from guide_frames import BLANK, TROY, channels_for, check_guide, decisions_of, dress
from lxml import etree
from xmltv_util import assert_fits_the_dtd, assert_tools_are_silent, needs_xmltv_util

from epg_pipeline.config.provider_settings import TIERS
from epg_pipeline.config.sports import load_sports
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.guide.schedule import schedule, stitch
from epg_pipeline.domain.guide.xmltv import to_xmltv

if TYPE_CHECKING:
    from pathlib import Path

DAY = ProviderDay(date(2025, 11, 1), "America/New_York")  # the next one has 25 hours
DAYS = [DAY.shifted(number) for number in (-1, 0, 1, 2)]


@pytest.fixture(scope="module", params=TIERS)
def guide_file(request, tmp_path_factory) -> Path:
    """A guide of four days and many sorts of slots: names for each day, some late, some without a clock."""
    slots = [f"NBA {number:02}" for number in range(40)]
    channels, sports = channels_for(*slots), load_sports()
    days = [schedule(decisions_of(*names_of(day, slots)), channels, day, sports) for day in DAYS]
    programmes = stitch(pl.concat(days), DAYS[0].opens, DAYS[-1].closes)
    guide = to_xmltv(channels, dress(programmes, request.param, DAY.timezone, sports, testing=True))
    assert check_guide(guide) == []
    path = tmp_path_factory.mktemp("guide") / f"{request.param}.xml"
    path.write_bytes(guide)
    return path


def names_of(day: ProviderDay, slots: list[str]) -> list[dict]:
    start = datetime.combine(day.date, datetime.min.time(), UTC)
    kinds = [
        lambda number: TROY | {"starts_at": start.replace(hour=number % 24, minute=7), "event_id": f"{day}-{number}"},
        lambda number: {"title": f"Örebro & Växjö <{number}>", "starts_at": start.replace(hour=(number * 5) % 24)},
        lambda number: BLANK,
        lambda number: {"kind": "show", "title": 'The "Late" Show', "starts_at": start.replace(hour=23)},
        lambda number: {"title": "No clock"},
    ]  # fmt: skip
    return [kinds[number % 5](number) | {"slot": slot} for number, slot in enumerate(slots)]


@needs_xmltv_util
def test_the_dtd_accepts_the_guide(guide_file):
    assert_fits_the_dtd(etree.parse(guide_file).getroot())


@needs_xmltv_util
def test_the_tools_have_nothing_to_say_and_nothing_to_change(guide_file, tmp_path):
    assert_tools_are_silent(guide_file, tmp_path)
