"""raw_m3u -> filtered_channels -> matched_programmes -> published_xmltv, and canonical_events, with an overview."""

from epg_pipeline.orchestration.assets.events import canonical_events
from epg_pipeline.orchestration.assets.guides import matched_programmes, published_xmltv
from epg_pipeline.orchestration.assets.overview import provider_overview
from epg_pipeline.orchestration.assets.playlists import filtered_channels, raw_m3u

ASSETS = (raw_m3u, filtered_channels, canonical_events, matched_programmes, published_xmltv, provider_overview)
