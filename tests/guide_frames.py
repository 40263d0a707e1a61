"""Small frames of the guide's contracts, for tests: a row states only what matters."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from epg_pipeline.adapters.delivery.guide_files import guide_schema
from epg_pipeline.config.texts import load_texts
from epg_pipeline.domain.frames import DECISIONS, EVIDENCE, SLOTS
from epg_pipeline.domain.guide import tiers, xmltv
from epg_pipeline.domain.guide.channels import channels_of
from epg_pipeline.pages import guide_page as pages_guide
from epg_pipeline.pages import report_page as pages_report

TROY = {
    "slot": "NCAAF 03",
    "family": "NCAAF",
    "match_status": "matched",
    "event_id": "ncaaf-1",
    "league": "college-football",
    "sport": "football",
    "home": "Old Dominion",
    "away": "Troy",
    "venue": "S.B. Ballard Stadium",
    "home_logo": "https://art.example/odu.png",
    "away_logo": "https://art.example/troy.png",
    "starts_at": datetime(2025, 10, 8, 23, 30, tzinfo=UTC),
    "title": "Troy vs Old Dominion",
    "confidence": 0.98,
}
BLANK = {"kind": "placeholder", "match_status": "unparseable", "title": ""}


def evidence(**fields: object) -> dict[str, object]:
    """The evidence of a decision; null for what is not passed."""
    return dict.fromkeys(field.name for field in EVIDENCE.fields) | fields


def decision(**stated: object) -> dict[str, object]:
    """A decision of an event slot; unmatched unless stated."""
    row: dict[str, object] = dict.fromkeys(DECISIONS)
    row |= {"position": 0, "name": "", "family": "", "is_slot": True, "kind": "event", "title": "", "coverage": "live",
            "zone": "America/New_York", "zone_is_stated": False, "rules": [], "match_status": "unmatched",
            "confidence": 0.0, "evidence": evidence()}  # fmt: skip
    return row | stated


def decisions_of(*rows: dict[str, object]) -> pl.DataFrame:
    """DECISIONS from rows that `decision` completes."""
    return pl.DataFrame([decision(**({"position": place} | row)) for place, row in enumerate(rows)], schema=DECISIONS)


def slots_of(*slots: str, provider: str = "http://provider.invalid/USERNAME/PASSWORD") -> pl.DataFrame:
    """SLOTS of event slots with these keys, in this order."""
    rows = [
        {"position": place, "name": f"{slot}: x", "tvg_id": "", "tvg_name": "", "logo": "https://art.example/slot.png",
         "group_title": "Sports", "options": "", "url": f"{provider}/{place}", "is_slot": True, "kind": "event",
         "family": slot.rsplit(" ", 1)[0], "slot": slot, "payload": ""}
        for place, slot in enumerate(slots)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=SLOTS)


def channels_for(*slots: str) -> pl.DataFrame:
    """CHANNELS of a provider "demo" for these slots."""
    return channels_of(slots_of(*slots), "demo")


def dress(*arguments, **more):
    """`tiers.dress`, with the English texts unless others are passed."""
    return tiers.dress(*arguments, **({"texts": load_texts()} | more))


def check_guide(guide: bytes, **more) -> list[str]:
    """`xmltv.check_guide` with our schema."""
    return xmltv.check_guide(guide, guide_schema(), **more)


def guide_page(*arguments, **more) -> str:
    """`guide_page`, with the English texts unless others are passed."""
    return pages_guide.guide_page(*arguments, **({"texts": load_texts()} | more))


def report_page(*arguments, **more) -> str:
    """`report_page`, with the English texts unless others are passed."""
    return pages_report.report_page(*arguments, **({"texts": load_texts()} | more))
