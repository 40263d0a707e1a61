"""Failures and recoveries: from the outcomes of runs and from the record to incidents, and from there to the operator.

Belongs here: what a finished run means for what works and what does not, and the sensor. Does not belong: the
incidents (adapters/store/incidents.py), the messages (operations/alerts.py). This is the one sensor that does work, the
sending: an operator must be notified also when no run can start. It sends a few short messages, and gives up on each
after seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import dagster as dg

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.delivery.notify import channels
from epg_pipeline.adapters.store.incidents import EVENTS, GUIDE, Failure, Working
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.errors import redact
from epg_pipeline.operations.alerts import send_alerts
from epg_pipeline.orchestration.assets.events import canonical_events
from epg_pipeline.orchestration.assets.guides import published_xmltv
from epg_pipeline.orchestration.assets.playlists import FETCHED
from epg_pipeline.orchestration.jobs import events_of_day
from epg_pipeline.orchestration.partitions import RANGE_END, RANGE_START
from epg_pipeline.orchestration.provider_day_runs import BY_PARTITION
from epg_pipeline.settings import Settings

MAX_OUTCOMES = 100  # of a kind in one tick; the next goes on
FIRST_LOOK_BACK = timedelta(hours=1)
MAX_TEXT = 500


@dataclass
class Outcome:
    """What a finished run says: what failed, and what works, seen for a day or for none."""

    failures: list[Failure] = field(default_factory=list)
    works: list[Working] = field(default_factory=list)
    day: date | None = None


@dg.sensor(minimum_interval_seconds=15, default_status=dg.DefaultSensorStatus.RUNNING)
def incidents(
    context: dg.SensorEvaluationContext, store: dg.ResourceParam[Store], settings: dg.ResourceParam[Settings]
) -> dg.SensorResult:
    """Notify the operator of what broke and what works again, each once, by the channels that are set up."""
    seen, cursor = 0, context.cursor
    for storage_id, run in finished_runs(context.instance, cursor):
        if run.tags.get("dagster/will_retry") != "true":
            _note(store, outcome_of(context.instance, run))
            _note_changed_playlist(store, run)
        cursor, seen = str(storage_id), seen + 1
    store.incidents.note_standing_faults()
    sent, problems = send_alerts(store, channels(settings.notify))
    for problem in problems:
        context.log.warning("not sent: %s", problem)
    summary = "; ".join([f"{seen} runs ended, {sent} messages sent", *problems])
    return dg.SensorResult(skip_reason=summary, cursor=cursor)


def finished_runs(instance: dg.DagsterInstance, cursor: str | None) -> Iterator[tuple[int, dg.DagsterRun]]:
    """The runs that failed or succeeded since the cursor, in the order in which they did, each with the next cursor."""
    pages = [
        instance.fetch_run_status_changes(
            dg.RunStatusChangeRecordsFilter(
                kind,
                after_storage_id=int(cursor) if cursor else None,
                after_timestamp=None if cursor else (utc_now() - FIRST_LOOK_BACK).timestamp(),
            ),
            limit=MAX_OUTCOMES,
            ascending=True,
        ).records
        for kind in (dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.RUN_SUCCESS)
    ]
    # A page that is full may lack what lies between its end and the end of the other.
    ends = [page[-1].storage_id for page in pages if len(page) == MAX_OUTCOMES]
    records = sorted((record for page in pages for record in page), key=lambda record: record.storage_id)
    records = [record for record in records if not ends or record.storage_id <= min(ends)]
    ids = sorted({record.event_log_entry.run_id for record in records})
    runs = {run.run_id: run for run in instance.get_runs(dg.RunsFilter(run_ids=ids))} if ids else {}
    for record in records:
        run = runs.get(record.event_log_entry.run_id)
        if run is not None:  # deleted since
            yield record.storage_id, run


def outcome_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Outcome:
    """What a run says of the guides of its providers, or of itself when it is about none."""
    slugs, day = providers_of(instance, run)
    own = EVENTS if _is_about_events(run) else f"run of {run.job_name}"
    # A playlist that was fetched is not a guide yet.
    guides: list[Working] = [(GUIDE, slug) for slug in slugs] if _publishes(run) else []
    if run.is_success:
        silent = _failed_check(instance, run) if own == EVENTS else ""  # the run goes well, and brings nothing
        return Outcome([Failure(own, silent)]) if silent else Outcome(works=[(own, None), *guides], day=day)
    why, by_partition = _why(instance, run)
    if by_partition:
        failures = [_partition_failure(key, *fault) for key, fault in by_partition.items()]
        failed = {failure.provider for failure in failures}
        return Outcome(failures, [(own, None), *(guide for guide in guides if guide[1] not in failed)], day)
    if len(slugs) == 1:
        return Outcome([Failure(GUIDE, why, slugs[0], day)])
    return Outcome([Failure(own, why, None, day)])


def providers_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> tuple[list[str], date | None]:
    """The providers a run is about, and the last of its days; none for a run about something else."""
    first = run.tags.get("dagster/partition") or run.tags.get(RANGE_START)
    last = run.tags.get("dagster/partition") or run.tags.get(RANGE_END)
    if not first or not last:
        return [], None
    (_, _, from_slug), (day, _, to_slug) = first.partition("|"), last.partition("|")
    if from_slug == to_slug:
        return [from_slug] if from_slug else [], date.fromisoformat(day)
    known = list(instance.get_dynamic_partitions("providers"))
    if from_slug in known and to_slug in known:
        return known[known.index(from_slug) : known.index(to_slug) + 1], date.fromisoformat(day)
    return [from_slug, to_slug], date.fromisoformat(day)


def _note(store: Store, outcome: Outcome) -> None:
    for failure in outcome.failures:
        store.incidents.note_failure(failure)
    store.incidents.note_recoveries(outcome.works, outcome.day)


def _note_changed_playlist(store: Store, run: dg.DagsterRun) -> None:
    """Whether the guide of a changed playlist is there: sensor `changed_playlists` asks again for one that failed."""
    content_hash, key = run.tags.get(FETCHED), run.tags.get("dagster/partition")
    if content_hash and key:
        day, _, slug = key.partition("|")
        store.playlists.note_guide(slug, date.fromisoformat(day), content_hash, utc_now(), made=run.is_success)


def _partition_failure(key: str, reason: str, remedy: str) -> Failure:
    day, _, slug = key.partition("|")
    return Failure(GUIDE, f"{day}: {reason}"[:MAX_TEXT], slug, date.fromisoformat(day), remedy)


def _is_about_events(run: dg.DagsterRun) -> bool:
    return run.job_name == events_of_day.name or canonical_events.key in (run.asset_selection or ())


def _publishes(run: dg.DagsterRun) -> bool:
    """Whether guides come of it; a run without a selection is of its whole job."""
    return run.asset_selection is None or published_xmltv.key in run.asset_selection


def _failed_check(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    """What a check of the run says that failed, more than a warning."""
    for entry in instance.all_logs(run.run_id, of_type={dg.DagsterEventType.ASSET_CHECK_EVALUATION}):
        found = entry.dagster_event.asset_check_evaluation_data if entry.dagster_event else None
        if found and not found.passed and found.severity == dg.AssetCheckSeverity.ERROR:
            return found.description or found.check_name
    return ""


def _why(instance: dg.DagsterInstance, run: dg.DagsterRun) -> tuple[str, dict[str, list[str]]]:
    """Why a run failed, in a line; and reason and remedy by partition, where its last step recorded them."""
    kinds = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}
    text = ""
    for entry in instance.all_logs(run.run_id, of_type=kinds):
        event = entry.dagster_event
        if event is None:
            continue
        if event.is_step_failure:
            said = event.step_failure_data.user_failure_data
            named: Any = said.metadata.get(BY_PARTITION) if said else None
            if named is not None:
                return "", dict(named.value)
            error = event.step_failure_data.error
            while error and error.cause:
                error = error.cause
            text = text or f"{event.step_key}: {error.message if error else event.message}"
        text = text or (event.message or "")
    return redact(" ".join(text.split()))[:MAX_TEXT] or "no reason is given", {}
