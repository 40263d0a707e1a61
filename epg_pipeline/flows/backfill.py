"""Past days made again from the record: kept playlists and kept events, without any request.

Belongs here: which days, what each needs, and its outcome. Does not belong: the steps of a day (provider_day.py), the
summary (cli/guides.py). Dagster's backfills run the same steps through the assets.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from epg_pipeline.adapters.clock import today
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.errors import one_line
from epg_pipeline.flows.matching import match_day
from epg_pipeline.flows.playlists import filter_channels
from epg_pipeline.flows.provider_day import publish_provider
from epg_pipeline.settings import Settings


@dataclass(frozen=True)
class BackfilledDay:
    """The outcome of a provider's day: its slots by match status and the guide's programmes, or why there is none.

    `names_of` is the day of the playlist it was made from. `current` when the guide that players load showed the day.
    """

    provider: str
    day: date
    problem: str = ""
    names_of: date | None = None
    slots: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    programmes: int = 0
    current: bool = False


def backfill_days(
    store: Store, provider: Provider, days: list[date], settings: Settings, as_of: date | None = None
) -> Iterator[BackfilledDay]:
    """Make these days of a provider again, and yield each when it is done. One that fails does not stop the others.

    Days after `as_of`, by default the provider's today, can't be backfilled and say so.
    """
    now = as_of or today(provider.timezone)
    filtered: set[date] = set()
    for day in days:
        try:
            yield _made(store, provider, day, now, settings, filtered)
        except Exception as fault:  # noqa: BLE001 - one day must not stop the others
            yield BackfilledDay(provider.name, day, one_line(fault))


def _made(
    store: Store, provider: Provider, day: date, now: date, settings: Settings, filtered: set[date]
) -> BackfilledDay:
    if day > now:
        return BackfilledDay(provider.name, day, "this date has not come yet: epg refresh publishes the days ahead")
    kept = store.playlists.in_force(provider, day)
    if kept is None:
        return BackfilledDay(provider.name, day, "no snapshot for this date or before")
    if kept.day not in filtered:  # days without a playlist share that of the day before
        filter_channels(store, provider, kept.day)
        filtered.add(kept.day)
    matched = match_day(store, provider, day)
    published = publish_provider(store, provider, day, now, settings)
    return BackfilledDay(
        provider.name,
        day,
        " ".join(["; ".join(published.held_back), published.remedy]).strip(),
        names_of=kept.day,
        slots=matched.slots,
        statuses=matched.statuses,
        programmes=published.programmes,
        current=published.current,
    )
