"""The sources of events there are.

Belongs here: the list of them. A new one is a module with a class that follows `EventSource`, an entry here, its name
and the prefix of its ids in config/sources.py, and its leagues in config/sources.yaml.
"""

from collections.abc import Callable

from epg_pipeline.adapters.web.espn import EspnSource
from epg_pipeline.adapters.web.source import EventSource
from epg_pipeline.adapters.web.thesportsdb import TheSportsDbSource
from epg_pipeline.settings import SourceSettings

SOURCES: tuple[Callable[[SourceSettings], EventSource], ...] = (EspnSource, TheSportsDbSource)


def sources_of(settings: SourceSettings) -> list[EventSource]:
    """The services that the settings enable."""
    return [source for source in (make(settings) for make in SOURCES) if source.name in settings.names]
