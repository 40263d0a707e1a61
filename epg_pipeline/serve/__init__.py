"""The published guides over HTTP, for players, browsers and Prometheus.

Belongs here: which files may be had at which address (app.py), how a file is sent (files.py), what is published
(shelf.py), and the two pages made from that: the start page and the metrics. Does not: making guides, the database (all
that is served lies in files, so a guide is served whatever else is down).
"""

from epg_pipeline.serve.app import guide_app
from epg_pipeline.serve.tokens import playlist_address, playlist_token

__all__ = ["guide_app", "playlist_address", "playlist_token"]
