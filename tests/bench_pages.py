"""Figures of the pages, printed: `python tests/bench_pages.py [FOLDER …]`, folders as publishing leaves them.

Without a folder the bundled demo is repeated to 3,246 slots, over the four days a guide shows. What a browser does with
the pages is measured where chromium and playwright are installed: the median of a few loads; the machine may be busy.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

import polars as pl
from bench import DAY, DEMO, SLOTS, entries_of, events_of, timed
from guide_frames import dress, guide_page, report_page

from epg_pipeline.config import load_facts
from epg_pipeline.domain.frames import MATCH_RATES
from epg_pipeline.domain.guide.channels import channels_of
from epg_pipeline.domain.guide.schedule import schedule, stitch
from epg_pipeline.domain.matching.decide import decide
from epg_pipeline.domain.matching.diagnosis import diagnosed
from epg_pipeline.domain.reading.dating import date_readings
from epg_pipeline.domain.reading.entries import read_entries
from epg_pipeline.domain.reading.playlist import parse_playlist

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps")  # fmt: skip
LOADS = 7

# From typing the words to the next picture.
FILTERED = """
(words) => new Promise((done) => {
  const field = document.getElementById("words"), began = performance.now();
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})
"""
LOADED = """
() => {
  const [load] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return [load.domContentLoadedEventEnd, paint ? paint.startTime : NaN];
}
"""


def made(folder: Path) -> None:
    """Write both pages of the demo, repeated, into the folder."""
    facts, days = load_facts(), [DAY.shifted(number) for number in (-1, 0, 1, 2)]
    entries = parse_playlist((DEMO / "playlist.m3u").read_bytes())
    slots = read_entries(entries, facts).filter("is_slot")
    entries = entries.filter(pl.col("position").is_in(slots["position"].implode()))
    slots = read_entries(entries_of(entries, SLOTS), facts)
    events, channels = events_of(1_500), channels_of(slots.filter("is_slot"), "bench")
    decisions = decide(date_readings(slots, DAY, facts), events, DAY, facts)
    blocks = pl.concat(schedule(decisions, channels, day, facts.sports) for day in days)
    programmes = stitch(blocks, days[0].opens, days[-1].closes)
    dressed = dress(programmes, "goat", DAY.timezone, facts.sports)
    guide, _ = timed(
        f"guide page of {channels.height:,} channels",
        lambda: guide_page(channels, dressed, days, "Bench", facts.sports),
    )
    diagnoses, _ = timed("causes found", lambda: diagnosed(decisions, events, DAY, facts))
    history = pl.DataFrame(schema=MATCH_RATES)
    report, _ = timed(
        f"match report of {decisions.height:,} slots",
        lambda: report_page(decisions, diagnoses, events, history, DAY, "Bench", facts.sports),
    )
    (folder / "index.html").write_text(guide, "utf-8")
    (folder / "report.html").write_text(report, "utf-8")


def measured(folder: Path) -> None:
    """Print the size of each page of the folder, and how soon a browser shows and filters it."""
    for page in ("index.html", "report.html"):
        body = (folder / page).read_bytes()
        print(f"{folder.name}/{page}: {len(body):,} bytes, {len(gzip.compress(body, 6)):,} in gzip")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("no browser here: apt-get install chromium")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, headless=True, args=list(QUIET))
        for page in ("index.html", "report.html"):
            loads = []
            for _ in range(LOADS):
                tab = browser.new_page()
                tab.goto((folder / page).as_uri())
                tab.wait_for_selector(".row, #rows tr")
                loads.append((*tab.evaluate(LOADED), tab.evaluate(FILTERED, "united")))
                tab.close()
            ready, paint, filtered = (median(figures) for figures in zip(*loads, strict=True))
            print(f"{folder.name}/{page}: ready {ready:.0f} ms, first paint {paint:.0f} ms, filtered {filtered:.0f} ms")
        browser.close()


def main(folders: list[str]) -> None:
    """Measure the folders, or the demo repeated."""
    for folder in folders:
        measured(Path(folder).resolve())
    if not folders:
        with tempfile.TemporaryDirectory(prefix="pages-") as name:
            made(Path(name))
            measured(Path(name))


if __name__ == "__main__":
    main(sys.argv[1:])
