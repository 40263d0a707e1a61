"""The facts of an installation: the packaged ones, the operator's own families, and the aliases on record.

Belongs here: bringing these together for the flows, and keeping what matches teach. Does not: what follows from them
(the domain), where they lie (config and the store).
"""

from datetime import date, timedelta

from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.config import Facts, catalogue_digest, facts_with_families, load_facts, load_teams
from epg_pipeline.config.texts import load_texts
from epg_pipeline.domain.matching.aliases import facts_with_aliases, learned_aliases
from epg_pipeline.settings import load_settings

LEARNED_FROM = timedelta(days=28)  # long enough to see a team against several others, short enough to read at once


def installed_facts() -> Facts:
    """The packaged facts with the operator's own families (EPG_FAMILIES); ConfigError names what is wrong in them."""
    families = load_settings().families_file
    return facts_with_families(load_facts(), families) if families else load_facts()


def check_own_files() -> None:
    """Read the operator's own families and texts, so that what is wrong in them is said before any work is begun.

    ConfigError names the file and the entry.
    """
    settings = load_settings()
    if settings.families_file:
        installed_facts()
    if settings.texts_file:
        load_texts(own=settings.texts_file)


def facts_on_record(store: Store) -> Facts:
    """The installed facts with every alias in use; the bundled catalogue is loaded first where it is new."""
    store.teams.load_catalogue(load_teams(), catalogue_digest())
    return facts_with_aliases(installed_facts(), store.teams.aliases_for_matching())


def learn_aliases(store: Store, provider: Provider, day: date) -> int:
    """Keep what a provider's matches of the four weeks up to a day teach of teams' names; the number of new aliases."""
    matches = store.teams.matches(provider, day - LEARNED_FROM, day)
    if matches.is_empty():
        return 0
    learned = learned_aliases(matches, installed_facts())
    return store.teams.save_learned(learned) if learned.height else 0
