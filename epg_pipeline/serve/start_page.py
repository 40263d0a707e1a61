"""What is published -> the page that lists it.

Belongs here: what the page says about a provider. Does not belong: its markup, looks and behaviour (pages/templates).
The address of a private playlist is never on it: behind a proxy on this machine every visitor looks like its operator,
so a command prints it instead.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from epg_pipeline.pages.single_file import single_file
from epg_pipeline.serve.shelf import Guide, Summary

DAYS_TOO_OLD = 2  # a guide is made daily; before that hour yesterday's is the latest


def start_page(guides: Sequence[Guide], server: str, bucket: str, now: datetime) -> str:
    """The HTML of the start page; `now` decides what is too old.

    `server` is where the reader finds the guides here, `bucket` where in the public bucket, "" if nowhere.
    """
    channels = sum(guide.summary.channels or 0 for guide in guides)
    total = f"{_counted(len(guides), 'provider')} · {_counted(channels, 'channel')}" if guides else ""
    return single_file("start_page", None, guides=[_shown(guide, server, bucket, now) for guide in guides], total=total)


def _shown(guide: Guide, server: str, bucket: str, now: datetime) -> dict[str, object]:
    summary, published = guide.summary, guide.summary.published_at
    return {
        "slug": guide.slug,
        "name": guide.name,
        "has_page": "index.html" in guide.sizes,
        "has_report": "report.html" in guide.sizes,
        "has_playlist": guide.has_playlist,
        "instant": published.isoformat() if published else "",
        "when": in_words(published, now, guide) if published else "",
        "about": _date(summary.day) if summary.day and _is_of_the_past(summary) else "",
        "figures": _figures(guide),
        "problems": _problems(guide, now),
        "addresses": _addresses(guide, server, bucket),
    }


def in_words(instant: datetime, now: datetime, guide: Guide) -> str:
    """A passed instant in the provider's zone: "today 06:02 EST", "Saturday 21 November 2026, 06:02 EST"."""
    local, today = instant.astimezone(guide.summary.zone), now.astimezone(guide.summary.zone).date()
    zone = local.tzname() or ""
    zone = f"UTC{zone}" if zone[:1] in "+-" else zone  # a zone without an abbreviation
    near = {today: "today", today - timedelta(days=1): "yesterday"}
    day = near.get(local.date()) or f"{_date(local.date())},"
    return f"{day} {local:%H:%M} {zone}".rstrip()


def _date(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _is_of_the_past(summary: Summary) -> bool:
    """Whether it was made for a day long gone on purpose, as the demo is."""
    if summary.day is None or summary.published_at is None:
        return False
    return (summary.published_at.astimezone(summary.zone).date() - summary.day).days >= DAYS_TOO_OLD


def _figures(guide: Guide) -> list[tuple[str, str]]:
    summary = guide.summary
    rate = [] if summary.match_rate is None else [("of the events found", f"{summary.match_rate:.1%}")]
    counts = {"channels": summary.channels, "programmes": summary.programmes, "slots matched": summary.matched}
    return rate + [(what, f"{count:,}") for what, count in counts.items() if count is not None]


def _problems(guide: Guide, now: datetime) -> list[tuple[str, str]]:
    """What is wrong, and why or what to do."""
    summary, problems = guide.summary, []
    if summary.held_back:
        why = f"{summary.held_back}. {summary.remedy or ''}".strip()
        problems.append(("A new guide is held back, the last one stays:", why))
    today = now.astimezone(summary.zone).date()
    if summary.day and (today - summary.day).days >= DAYS_TOO_OLD and not _is_of_the_past(summary):
        problems.append(("The guide is old:", f"the last day published is {summary.day}. Try: epg publish"))
    if summary.uploads_failed:
        why = "The next publish tries again. See: epg status"
        problems.append((f"{_counted(summary.uploads_failed, 'file')} did not reach the bucket.", why))
    if guide.summary_fault:
        problems.append(("Its figures are not known:", guide.summary_fault))
    return problems


def _addresses(guide: Guide, server: str, bucket: str) -> list[tuple[str, str, str]]:
    """Id, label and address of each guide file.

    The packed guide comes first, because every player takes it; both forms of the own guide, one of each edition.
    """
    offered = [
        ("guide.xml.gz", server, "guide.xml.gz"),
        ("guide.xml", server, "guide.xml"),
        *((f"{folder} edition", server, f"{folder}/guide.xml.gz") for folder in guide.editions),
        *([("in the bucket", bucket, "guide.xml.gz")] if bucket else []),
    ]
    return [
        (f"{guide.slug}-{number}", what, f"{place}/{guide.slug}/{path}")
        for number, (what, place, path) in enumerate(offered)
        if path in guide.sizes
    ]


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
