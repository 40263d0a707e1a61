"""The three tiers over every programme of the demo's day: they differ as they should and in nothing else."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from guide_frames import check_guide, dress
from lxml import etree

from epg_pipeline.adapters.web.event_files import read_events
from epg_pipeline.config import load_facts
from epg_pipeline.config.provider_settings import TIERS
from epg_pipeline.demo.sample import load_sample
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.guide.channels import channels_of
from epg_pipeline.domain.guide.schedule import schedule
from epg_pipeline.domain.guide.xmltv import to_xmltv
from epg_pipeline.domain.reading.entries import read_entries
from epg_pipeline.domain.reading.playlist import parse_playlist
from epg_pipeline.flows.dry_run import provider_day

EMOJI = re.compile(r"^[^\w\s#(]+️? ")


@dataclass(frozen=True)
class Demo:
    """The demo's day: each tier's guide as bytes and its programmes, and what each block is, all in one order."""

    guides: dict[str, bytes]
    programmes: dict[str, list[etree._Element]]
    channels: dict[str, list[str]]
    is_live_event: list[bool]


@pytest.fixture(scope="module")
def demo() -> Demo:
    sample, facts = load_sample(), load_facts()
    day, body = ProviderDay(sample.date, sample.timezone), sample.playlist.read_bytes()
    decisions = provider_day(body, read_events(sample.events).events, day)
    channels = channels_of(read_entries(parse_playlist(body), facts), sample.slug)
    programmes = schedule(decisions, channels, day, facts.sports)
    placed = programmes.join(channels.select("channel_id", "position"), on="channel_id").sort("position", "starts_at")
    live = (placed["block"] == "live") & (placed["coverage"] == "live")
    guides = {tier: to_xmltv(channels, dress(programmes, tier, day.timezone, facts.sports)) for tier in TIERS}
    roots = {tier: etree.fromstring(guide) for tier, guide in guides.items()}
    return Demo(
        guides,
        {tier: root.findall("programme") for tier, root in roots.items()},
        {tier: [etree.tostring(one) for one in root.findall("channel")] for tier, root in roots.items()},
        live.to_list(),
    )


def texts(programme: etree._Element, *elements: str) -> list[tuple[str, str]]:
    """The children of these names, as tag and text (an icon's address), in the order they stand."""
    return [(str(child.tag), child.text or child.get("src") or "") for child in programme if child.tag in elements]


def without(programme: etree._Element, *elements: str) -> list[tuple[str, str]]:
    """All that a programme says but for these: its attributes, then its children."""
    rest = {str(child.tag) for child in programme} - set(elements)
    return [*sorted(programme.attrib.items()), *texts(programme, *rest)]


@pytest.mark.parametrize("tier", TIERS)
def test_a_guide_of_each_tier_is_without_fault(demo, tier):
    assert check_guide(demo.guides[tier]) == []
    assert demo.channels[tier] == demo.channels["goat"]
    assert len(demo.programmes[tier]) == len(demo.is_live_event) > 4_000


def test_buck_adds_sub_title_description_and_sport_to_kid_and_changes_nothing(demo):
    for kid, buck in zip(demo.programmes["kid"], demo.programmes["buck"], strict=True):
        assert without(kid, "category") == without(buck, "sub-title", "desc", "category")
        assert texts(kid, "category") == [("category", "Sports")]
        assert texts(buck, "category")[0] == ("category", "Sports")
        assert texts(buck, "desc")


def test_goat_adds_art_number_and_metadata_to_buck_and_an_emoji_to_live_events(demo):
    bare = ("title", "date", "keyword", "icon", "episode-num")
    for is_live_event, buck, goat in zip(
        demo.is_live_event, demo.programmes["buck"], demo.programmes["goat"], strict=True
    ):
        assert without(buck, "title") == without(goat, *bare)
        assert not texts(buck, *bare[1:])
        title = str(goat.findtext("title"))
        assert bool(EMOJI.match(title)) == is_live_event, title
        assert EMOJI.sub("", title) == buck.findtext("title")


def test_a_live_event_is_new_and_a_replay_shown_before_in_every_tier_and_nothing_else_is_either(demo):
    for number, is_live_event in enumerate(demo.is_live_event):
        marks = {tuple(texts(demo.programmes[tier][number], "new", "previously-shown")) for tier in TIERS}
        (said,) = marks
        assert len(said) <= 1
        if is_live_event:
            assert said == (("new", ""),)
    shown = Counter(str(child.tag) for one in demo.programmes["kid"] for child in one)
    assert shown["new"] >= sum(demo.is_live_event) > 200
    assert shown["previously-shown"] > 0


def test_an_episode_number_is_one_events_own(demo):
    """Plex shows one description for all programmes of a number; the same event on two channels shares its number."""
    events: dict[str, set[tuple[str, str]]] = {}
    for programme in demo.programmes["goat"]:
        if number := programme.findtext("episode-num"):
            events.setdefault(number, set()).add((str(programme.get("start")), str(programme.findtext("sub-title"))))
    assert len(events) > 150
    assert all(len({start for start, _ in rows}) == 1 for rows in events.values())
