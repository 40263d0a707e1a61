"""What a provider's summary.json says: what stands published, and how the last publish went.

Belongs here: its fields. Does not: showing them (the guide server does). It is public: nothing secret may enter it.
"""

import json
from datetime import UTC, date
from pathlib import Path

from epg_pipeline.adapters.delivery.guide_files import CURRENT_FILES, guide_folder, write_files
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.flows.results import Published


def write_summary(store: Store, provider: Provider, as_of: date, dist: Path, published: Published) -> Path:
    """Write <slug>/summary.json after a publish of the current guide; its bytes are the same while nothing changes.

    Channels and programmes are those of the guide that players load now, be it the last one because the new one is held
    back. `published_at` is when a file of it last changed, null before the first.
    """
    folders = [provider.slug, *(f"{provider.slug}/{edition}" for edition in published.editions)]
    noted = store.publications.last(provider, [f"{folder}/{name}" for folder in folders for name in CURRENT_FILES])
    own = noted.get(f"{provider.slug}/guide.xml")
    changed_at = max((one.published_at for one in noted.values()), default=None)
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
