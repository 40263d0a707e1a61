"""The five assets: raw_m3u -> filtered_channels -> matched_programmes -> published_xmltv, and canonical_events."""

from __future__ import annotations

from epg_pipeline.orchestration.assets.events import canonical_events
from epg_pipeline.orchestration.assets.guides import matched_programmes, published_xmltv
from epg_pipeline.orchestration.assets.playlists import filtered_channels, raw_m3u

ASSETS = (raw_m3u, filtered_channels, canonical_events, matched_programmes, published_xmltv)

__all__ = ["ASSETS", "canonical_events", "filtered_channels", "matched_programmes", "published_xmltv", "raw_m3u"]
