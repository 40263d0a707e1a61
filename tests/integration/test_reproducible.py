"""The same rows give the same files, whichever process writes them and however it spreads its work."""

from __future__ import annotations

import os
import subprocess
import sys

GUIDES = """
import hashlib
import polars as pl
from epg_pipeline.config.texts import load_texts
from epg_pipeline.domain.guide.tiers import dress
from epg_pipeline.flows import dry_run
from epg_pipeline.adapters.web.event_files import read_events
from epg_pipeline.adapters.delivery.guide_files import gzipped
from epg_pipeline.config import load_facts
from epg_pipeline.domain.guide.channels import channels_of
from epg_pipeline.domain.guide.private_playlist import clone_playlist
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.reading.playlist import parse_playlist
from epg_pipeline.domain.guide.schedule import own_blocks, schedule, stitch
from epg_pipeline.domain.reading.entries import read_entries
from epg_pipeline.domain.guide.tiers import dress
from epg_pipeline.domain.guide.xmltv import to_xmltv
from epg_pipeline.demo.sample import load_sample

sample, facts = load_sample(), load_facts()
body = sample.playlist.read_bytes()
day = ProviderDay(sample.date, sample.timezone)
decisions = dry_run.provider_day(body, read_events(sample.events).events, day)
channels = channels_of(read_entries(parse_playlist(body), facts), "demo")
days = [day, day.shifted(1)]
made = [own_blocks(schedule(decisions, channels, one, facts.sports), one) for one in days]
shown = stitch(pl.concat(made), days[0].opens, days[-1].closes)
files = [clone_playlist(channels, "http://127.0.0.1/guide.xml.gz")]
for tier in ("kid", "buck", "goat"):
    guide = to_xmltv(channels, dress(shown, tier, day.timezone, facts.sports, texts=load_texts()))
    files += [guide, gzipped(guide)]
print(pl.thread_pool_size(), *(hashlib.sha256(file).hexdigest() for file in files))
"""


def files_of(seed: str, threads: str) -> list[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": threads}
    made = subprocess.run([sys.executable, "-c", GUIDES], env=environment, capture_output=True, text=True, check=True)
    used, *digests = made.stdout.split()
    assert used == threads
    return digests


def test_two_processes_with_other_hashes_and_threads_write_the_same_bytes():
    first = files_of("1", "1")
    assert len(set(first)) == 7
    assert files_of("2", "4") == first
