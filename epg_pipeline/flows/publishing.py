"""Programmes on record -> guide files.

Belongs here: which days a guide shows, which editions it is published in, what goes into its folders and from which
records, which guides are held back, noting what was published. Does not belong: the texts of a guide
(domain/guide/tiers.py), its form (domain/guide/xmltv.py), how files are written (adapters/delivery/guide_files.py),
the pages (pages/), showing the summary (serve/), the public bucket (uploads.py).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from pathlib import Path

import polars as pl

from epg_pipeline.adapters.delivery.guide_files import (
    CURRENT_FILES,
    WrittenFile,
    guide_folder,
    remove_guide,
    write_files,
    write_guide,
)
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.publications import Publication
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.config import load_facts
from epg_pipeline.config.provider_settings import TIERS, Edition, ProviderSettings
from epg_pipeline.config.texts import Texts, load_texts
from epg_pipeline.domain.day import EVENT_REACH, ProviderDay
from epg_pipeline.domain.guide.checks import lost_share, no_empty_channel, programmes_by_day
from epg_pipeline.domain.guide.private_playlist import clone_playlist
from epg_pipeline.domain.guide.schedule import stitch
from epg_pipeline.domain.guide.tiers import dress
from epg_pipeline.domain.guide.xmltv import to_xmltv
from epg_pipeline.domain.matching.diagnosis import diagnosed
from epg_pipeline.errors import GuideError, GuideHeldBackError
from epg_pipeline.flows.facts import facts_on_record
from epg_pipeline.flows.results import PREVIEW_ROWS, Published
from epg_pipeline.flows.uploads import public_address, upload_published, upload_summary
from epg_pipeline.pages.guide_page import guide_page
from epg_pipeline.pages.report_page import TREND_DAYS, report_page
from epg_pipeline.settings import Settings


@dataclass(frozen=True)
class Dressed:
    """Programmes with the texts of an edition's tier and language, in its zone."""

    form: Edition
    texts: Texts
    programmes: pl.DataFrame


@dataclass(frozen=True)
class Guide:
    """Some days in a row, the channels in force on the last of them, and their dressed programmes."""

    days: list[ProviderDay]
    channels: pl.DataFrame
    programmes: pl.DataFrame


def is_current(day: date, as_of: date, settings: ProviderSettings) -> bool:
    """Whether the current guide, as players load it on `as_of`, shows the day."""
    return -settings.days_before <= (day - as_of).days <= settings.days_after


def days_ahead(day: date, as_of: date, settings: ProviderSettings) -> list[date]:
    """The day and, when the current guide shows it, the days after it there: today's names are about them too."""
    last = as_of + timedelta(days=settings.days_after) if is_current(day, as_of, settings) else day
    return [day + timedelta(days=number) for number in range((last - day).days + 1)]


def publish_day(
    store: Store, provider: Provider, day: date, as_of: date, settings: Settings, *, force: bool = False
) -> Published:
    """Write the guide of a day, and for a day near `as_of` the current one in all its editions, with their pages.

    Everything comes from the record. A guide that is invalid, empty, or has lost too much against the last one is held
    back while the others are written: the report says which and why. `force` accepts a loss. The published files are
    then uploaded to the public bucket, if one is set.
    """
    publish = _Publish(store, provider, day, as_of, settings, force=force)
    with store.lock(provider, "guides"):  # two publishes at once might each write half of a folder
        own = publish.publish()
    published = Published(
        day=day,
        channels=own.channels.height,
        programmes=own.programmes.height,
        bytes=sum(file.byte_count for file in publish.files),
        files=tuple(file.path for file in publish.files),
        current=publish.current,
        preview=own.programmes.select("channel_id", "starts_at", "block", "title").head(PREVIEW_ROWS),
        editions=tuple(edition.folder for edition in provider.settings.further_editions) if publish.current else (),
        held_back=tuple(f"{', '.join(folders)}: {reason}" for reason, folders in publish.held_back.items()),
        remedy=publish.remedy,
        uploads=upload_published(store, provider, settings, [file.path for file in publish.files]),
    )
    if not publish.current:
        return published
    summary = _write_summary(store, provider, as_of, settings.dist, published)
    return replace(published, uploads=upload_summary(store, provider, settings, summary, published.uploads))


class _Publish:
    """One publish in progress: what it wrote so far, and what it held back."""

    def __init__(
        self, store: Store, provider: Provider, day: date, as_of: date, settings: Settings, *, force: bool
    ) -> None:
        self._store, self._provider, self._settings, self._force = store, provider, settings, force
        self._preferences = provider.settings
        self._day, self._today = ProviderDay(day, provider.timezone), ProviderDay(as_of, provider.timezone)
        self.current = is_current(day, as_of, self._preferences)
        self.files: list[WrittenFile] = []
        self.held_back: dict[str, list[str]] = {}  # a reason -> the folders below dist; several can share a reason
        self.remedy = ""  # of the first that was held back
        self._refresh = f"epg refresh {provider.slug}"
        self._notes: list[Publication] = []
        self._channels: dict[date, pl.DataFrame] = {}
        self._reports: dict[date, bytes] = {}

    def publish(self) -> Guide:
        """Write every guide that is fit, and note them; the one of the provider's own tier, current if there is one."""
        around = range(-self._preferences.days_before, self._preferences.days_after + 1)
        window = [self._today.shifted(number) for number in around] if self.current else [self._day]
        opens, closes = window[0].opens, window[-1].closes
        shown = stitch(self._store.programmes.between(self._provider, opens, closes), opens, closes)
        own = self._dressed(shown, Edition(self._provider.tier, self._provider.timezone))
        guide = self._put(self._day.date.isoformat(), own, [self._day])
        self._put_report(self._day.date.isoformat(), min(self._day.date, self._today.date), guide, own)
        if self.current:
            guide = self._put("", own, window)
            for form, folders in self._further(own.form).items():
                dressed = own if form == own.form else self._dressed(shown, form)
                for folder in folders:
                    self._put(folder, dressed, window)
            self._remove_other_editions()
            self._put_report("", self._today.date, guide, own)
        self._store.publications.note(self._provider, self._notes)
        return guide

    def _further(self, own: Edition) -> dict[Edition, list[str]]:
        """The further editions with their zones filled in, and the folders of each; two editions can coincide."""
        forms: dict[Edition, list[str]] = {}
        for edition in self._preferences.further_editions:
            form = Edition(edition.tier, edition.zone or own.zone)
            forms.setdefault(form, []).append(edition.folder)
        return forms

    def _dressed(self, shown: pl.DataFrame, form: Edition) -> Dressed:
        preferences = self._preferences
        texts = load_texts(preferences.language, self._settings.texts_file, tier=form.tier, clock=preferences.clock)
        programmes = dress(shown, form.tier, form.zone, load_facts().sports, texts=texts, testing=preferences.testing)
        return Dressed(form, texts, programmes)

    def _put(self, folder: str, dressed: Dressed, days: list[ProviderDay]) -> Guide:
        """Write one guide and what is beside it, unless it must be held back; the guide as it is or would be."""
        guide = self._guide(dressed, days)
        path = guide_folder(self._settings.dist, self._provider.slug, folder)
        below = path.relative_to(self._settings.dist).as_posix()
        by_day = programmes_by_day(guide.programmes, self._provider.timezone)
        marks = self._preferences.live_marks
        try:
            self._refuse_loss(below, guide, by_day)
            self._refuse_gaps(below, guide)
            body = to_xmltv(guide.channels, guide.programmes, language=dressed.texts.language, live_marks=marks)
            written = write_guide(path, body, self._beside(folder, dressed, guide), live_marks=marks)
        except (GuideHeldBackError, GuideError) as fault:
            reason = "; ".join(fault.faults) if isinstance(fault, GuideHeldBackError) else str(fault)
            self.held_back.setdefault(reason, []).append(below)
            self.remedy = self.remedy or fault.remedy
        else:
            self._keep(written, dressed, guide, by_day)
        return guide

    def _put_report(self, below: str, day: date, guide: Guide, own: Dressed) -> None:
        """Write the match report of a day's names, also when the guide is held back: then it is needed most."""
        if day not in self._reports:
            self._reports[day] = _match_report(self._store, self._provider, day, own.texts).encode()
        folder = guide_folder(self._settings.dist, self._provider.slug, below)
        self._keep(write_files(folder, {"report.html": self._reports[day]}), own, guide, {})

    def _guide(self, dressed: Dressed, days: list[ProviderDay]) -> Guide:
        """The part of the programmes that is on during some days, with the channels in force on the last of them."""
        channels = self._in_force(days[-1].date)
        during = dressed.programmes.filter(pl.col("stops_at") > days[0].opens, pl.col("starts_at") < days[-1].closes)
        own = during.join(channels, on="channel_id", how="semi")  # a slot that is gone keeps its record, not its guide
        return Guide(days, channels.join(own, on="channel_id", how="semi", maintain_order="left"), own)

    def _in_force(self, day: date) -> pl.DataFrame:
        if day not in self._channels:
            self._channels[day] = self._store.slots.channels(self._provider, day)
        return self._channels[day]

    def _refuse_gaps(self, below: str, guide: Guide) -> None:
        """GuideHeldBackError when a channel that the guide should have is without programmes on the day published."""
        due = self._in_force(guide.days[-1].date).join(self._in_force(self._day.date), on="channel_id", how="semi")
        verdict = no_empty_channel(due, guide.programmes, self._day)
        if not verdict.holds:
            raise GuideHeldBackError(below, [verdict.said], self._refresh)

    def _refuse_loss(self, below: str, guide: Guide, by_day: Mapping[date, int]) -> None:
        """GuideHeldBackError for a guide without programmes, or with too few against the last one, which stands there.

        They are compared over the days from today on that both contain: a window that moves or narrows is not a loss,
        and a last guide that ended before today does not block a new one.
        """
        if guide.programmes.is_empty():
            raise GuideHeldBackError(below, *self._why_nothing(guide.days[-1].date))
        file = f"{below}/guide.xml"
        last = self._store.publications.last(self._provider, [file]).get(file)
        if self._force or last is None or not (self._settings.dist / file).exists():
            return
        since = min(self._today.date, guide.days[-1].date)  # a past day's own guide is compared too
        lost = lost_share(last.programmes_by_day, by_day, [day.date for day in guide.days if day.date >= since])
        most = self._preferences.most_lost
        if lost > most:
            shares = f"{lost:.0%} of the programmes the last one had for the same days; at most {most:.0%} may go"
            remedy = f"epg publish --provider {self._provider.slug} --date {self._day.date} --force, if that is right"
            raise GuideHeldBackError(below, [f"it lost {shares}"], remedy)

    def _why_nothing(self, day: date) -> tuple[list[str], str]:
        """Why a day has no guide (nothing was fetched yet, or what was fetched holds no slot), and what to do."""
        snapshot = self._store.playlists.in_force(self._provider, day)
        if snapshot is None:
            return [f"nothing is on record for {day}"], self._refresh
        if self._in_force(day).is_empty():
            return [f"its playlist of {snapshot.day} holds no event slot"], f"epg match PLAYLIST --date {day}"
        return [f"its slots of {day} have no programmes yet"], self._refresh

    def _beside(self, folder: str, dressed: Dressed, guide: Guide) -> dict[str, bytes]:
        """What lies beside a guide: the page by each current one, the private playlist by the provider's own."""
        if folder == self._day.date.isoformat():
            return {}
        page = guide_page(
            guide.channels,
            guide.programmes,
            guide.days,
            f"{self._provider.name}, {folder}" if folder else self._provider.name,
            load_facts().sports,
            dressed.form.zone,
            texts=dressed.texts,
            report="../report.html" if folder else "report.html",
        )
        if folder:
            return {"index.html": page.encode()}
        address = f"{self._settings.guide_url}/guides/{self._provider.slug}/guide.xml.gz"
        if self._preferences.publish_stream_addresses:  # bucket readers get the bucket's guide address
            address = public_address(self._settings, self._provider, "guide.xml.gz") or address
        return {"index.html": page.encode(), "playlist.m3u": clone_playlist(guide.channels, address)}

    def _keep(self, files: list[WrittenFile], dressed: Dressed, guide: Guide, by_day: Mapping[date, int]) -> None:
        """Keep files to be noted when all are written; the current ones as of today."""
        # A rematch of yesterday or tomorrow writes the current guide too, and that reaches as far as today's does.
        day = self._day if guide.days == [self._day] else self._today
        self.files += files
        self._notes += [
            Publication(
                day=day.date,
                path=file.path.relative_to(self._settings.dist).as_posix(),
                tier=dressed.form.tier,
                sha256=file.sha256,
                byte_count=file.byte_count,
                channel_count=guide.channels.height,
                programme_count=guide.programmes.height,
                programmes_by_day=by_day if file.path.name == "guide.xml" else {},
            )
            for file in files
        ]

    def _remove_other_editions(self) -> None:
        """Remove editions that were unset: a 404 is better than a guide that just ends."""
        wanted = {edition.folder for edition in self._preferences.further_editions}
        for folder in guide_folder(self._settings.dist, self._provider.slug).glob("*/"):
            if folder.name not in wanted and folder.name.partition("-")[0] in TIERS:
                remove_guide(folder)


def _match_report(store: Store, provider: Provider, day: date, texts: Texts) -> str:
    """The page about the names in force on a day; one that says so when none were matched yet.

    The names are those of an earlier day where the day has no playlist, or a refused one. The clock format is that of
    `texts`, the words are English.
    """
    names_of = ProviderDay(store.slots.names_day(provider, day), provider.timezone)
    decisions = store.decisions.of_day(provider, names_of.date)
    events = store.events.between(names_of.date - EVENT_REACH, names_of.date + EVENT_REACH)
    diagnoses = diagnosed(decisions, events, names_of, facts_on_record(store))
    history = store.decisions.match_rates(provider, names_of.date - timedelta(days=TREND_DAYS), names_of.date)
    return report_page(decisions, diagnoses, events, history, names_of, provider.name, load_facts().sports, texts=texts)


def _write_summary(store: Store, provider: Provider, as_of: date, dist: Path, published: Published) -> Path:
    """Write <slug>/summary.json after a publish of the current guide; its bytes are the same while nothing changes.

    It is public: nothing secret may enter it. Channels and programmes are those of the guide that players load now,
    even if that is the last one because the new one is held back. `published_at` is when a file of it last changed,
    null before the first.
    """
    folders = [provider.slug, *(f"{provider.slug}/{edition}" for edition in published.editions)]
    noted = store.publications.last(provider, [f"{folder}/{name}" for folder in folders for name in CURRENT_FILES])
    own = noted.get(f"{provider.slug}/guide.xml")
    changed_at = max((publication.published_at for publication in noted.values()), default=None)
    summary = {
        "provider": provider.name,
        "slug": provider.slug,
        "timezone": provider.timezone,
        "tier": provider.tier,
        "day": as_of.isoformat(),
        "published_at": changed_at.astimezone(UTC).isoformat(timespec="seconds") if changed_at else None,
        "channels": own.channel_count if own else 0,
        "programmes": own.programme_count if own else 0,
        **store.decisions.match_counts(provider, as_of),
        "editions": list(published.editions),
        "held_back": "; ".join(published.held_back) or None,
        "remedy": published.remedy or None,
        "uploads_failed": len(published.uploads.failed) if published.uploads else 0,
    }
    text = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
    return write_files(guide_folder(dist, provider.slug), {"summary.json": text.encode()})[0].path
