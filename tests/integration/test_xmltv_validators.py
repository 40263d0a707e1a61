"""Guides before judges that are not ours: the DTD and the tools of xmltv-util, where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from guide_frames import BLANK, TROY, channels_for, decisions_of
from lxml import etree

from epg_pipeline.config.provider_settings import TIERS
from epg_pipeline.config.sports import load_sports
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.schedule import schedule, stitch
from epg_pipeline.domain.tiers import dress
from epg_pipeline.domain.xmltv import check_guide, to_xmltv

DTD = Path("/usr/share/xmltv/xmltv.dtd")
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


@pytest.mark.skipif(not DTD.exists(), reason="the DTD comes with xmltv-util: apt-get install xmltv-util")
def test_the_dtd_accepts_the_guide(guide_file):
    dtd = etree.DTD(str(DTD))
    assert dtd.validate(etree.parse(str(guide_file))), dtd.error_log


@pytest.mark.skipif(not shutil.which("tv_validate_file"), reason="tv_validate_file comes with xmltv-util")
def test_tv_validate_file_has_nothing_to_say(guide_file):
    judged = subprocess.run(
        ["tv_validate_file", "--dtd-file", str(DTD), str(guide_file)], capture_output=True, text=True, check=False
    )
    assert (judged.returncode, judged.stdout.strip(), judged.stderr.strip()) == (0, "Validated ok.", "")


@pytest.mark.skipif(not shutil.which("tv_sort"), reason="tv_sort comes with xmltv-util")
def test_tv_sort_finds_no_overlap_and_changes_no_time(guide_file, tmp_path):
    sorted_file = tmp_path / "sorted.xml"
    judged = subprocess.run(
        ["tv_sort", "--by-channel", "--output", str(sorted_file), str(guide_file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (judged.returncode, judged.stderr.strip()) == (0, "")
    assert slots_in(sorted_file) == slots_in(guide_file)


def slots_in(path: Path) -> list[tuple[str, str, str]]:
    programmes = etree.parse(str(path)).findall("programme")
    return sorted((item.get("channel"), item.get("start"), item.get("stop")) for item in programmes)
