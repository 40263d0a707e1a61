"""The state of the guides and of this server, as Prometheus reads it.

Belongs here: which figures there are and what they mean. Does not belong: the database's figures (the server does not
need the database; docs/monitoring.md says how to read those), alert rules.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

from prometheus_client import CollectorRegistry, Counter, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from epg_pipeline.serve.shelf import Guide, Shelf

STATES = ("matched", "partial", "unmatched", "unparseable", "manual")


class Metrics:
    """The figures of one server: of the guides as they lie there, and of the requests since it started."""

    def __init__(self, shelf: Shelf) -> None:
        """Count nothing yet; the guides are looked at whenever the figures are asked for."""
        self._shelf = shelf
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "epg_http_requests", "Requests answered, by route and status.", ["route", "status"], registry=self._registry
        )
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def count(self, route: str, status: int) -> None:
        """Note an answered request. The route is the pattern, never the address: that may hold the token."""
        self._requests.labels(route, str(status)).inc()

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """The figures in the text format the client accepts, and its content type."""
        encode, kind = choose_encoder(accept)
        return encode(self._registry), kind

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures of the guides, from their summaries. What a summary does not say has no sample."""
        guides = self._shelf.guides()
        yield _gauge("epg_guides", "Providers with something published.", [], [([], len(guides))])
        for name, help_text, value in _FIGURES:
            samples = [([guide.slug], number) for guide in guides if (number := value(guide)) is not None]
            yield _gauge(name, help_text, ["provider"], samples)
        slots = [
            ([guide.slug, state], number)
            for guide in guides
            for state in STATES
            if (number := getattr(guide.summary, state)) is not None
        ]
        yield _gauge("epg_guide_slots", "Slots by the match status of their name.", ["provider", "status"], slots)
        sizes = [([guide.slug, path], size) for guide in guides for path, size in guide.sizes.items()]
        yield _gauge("epg_guide_file_bytes", "Size of a published file.", ["provider", "file"], sizes)

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: the guides are not read when the server starts."""
        return []


def _published(guide: Guide) -> float | None:
    return None if guide.summary.published_at is None else guide.summary.published_at.timestamp()


def _is_set(field: str) -> Callable[[Guide], float]:
    return lambda guide: float(bool(attrgetter(field)(guide)))


_FIGURES: tuple[tuple[str, str, Callable[[Guide], float | None]], ...] = (
    ("epg_guide_last_publish_timestamp_seconds", "When the current guide last changed.", _published),
    ("epg_guide_channels", "Channels of the current guide.", attrgetter("summary.channels")),
    ("epg_guide_programmes", "Programmes of the current guide.", attrgetter("summary.programmes")),
    ("epg_guide_match_rate", "Share of the events named that were found, 0 to 1.", attrgetter("summary.match_rate")),
    ("epg_guide_held_back", "1 while a new guide is held back and the last one stays.", _is_set("summary.held_back")),
    ("epg_guide_uploads_failed", "Files that did not reach the bucket.", attrgetter("summary.uploads_failed")),
    ("epg_guide_summary_fault", "1 while the summary is missing or can't be read.", _is_set("summary_fault")),
)


def _gauge(
    name: str, help_text: str, labels: list[str], samples: Sequence[tuple[list[str], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


class CountedRequests:
    """Around the routes: counts each answer by its route's pattern."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Take what is inside, and where to count."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and note the status of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500  # of an answer that never began

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._metrics.count(getattr(scope.get("route"), "path", "none"), status)
