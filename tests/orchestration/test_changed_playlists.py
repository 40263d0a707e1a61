"""A changed playlist leads to a new guide of its provider alone; what fails is its own affair."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from psycopg.types.json import Jsonb
from small_provider import PASSWORD, ZONE, Answer, playlist, site

from epg_pipeline.adapters import clock
from epg_pipeline.flows import playlists
from epg_pipeline.flows.playlist_polling import check_playlists

OTHER = playlist(("NBA 01: Boston Celtics vs Orlando Magic @ 8 PM ET",))
HALF_AN_HOUR = timedelta(minutes=30)


def now():
    return datetime.now(UTC)


def looked(store, *slugs):
    return {one.slug: one for one in check_playlists(store, list(slugs))}


def sensor(graph, name):
    return graph.get_repository_def().get_sensor_def(name)


def tick(graph, name, instance, store, cursor=None):
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    return sensor(graph, name)(context, store=store)


@pytest.fixture
def served(store):
    """A provider whose playlist a loopback server serves with an ETag, fetched once."""
    with site(Answer(body=playlist(), headers={"ETag": '"1"'})) as server:
        provider = store.providers.add("Served", server.address, ZONE, "goat")
        playlists.snapshot_playlist(store, provider, clock.today(ZONE))
        server.requests.clear()
        yield provider, server


def test_an_unchanged_playlist_is_asked_for_by_its_etag_and_asks_for_nothing(store, served):
    _provider, server = served
    assert looked(store, "served")["served"].day is None
    assert server.requests[0][1]["if-none-match"] == '"1"'
    assert store.playlists.changes(0, 10, now()) == []


def test_a_server_without_validators_is_known_by_the_content(store):
    with site(Answer(body=playlist())) as server:
        store.providers.add("Plain", server.address, ZONE, "goat")
        assert looked(store, "plain")["plain"].day == clock.today(ZONE)
        assert looked(store, "plain")["plain"].day is None
        server.answers[:] = [Answer(body=OTHER)]
        assert looked(store, "plain")["plain"].day == clock.today(ZONE)
    (change,) = store.playlists.changes(0, 10, now())
    assert (
        change.content_hash == store.playlists.in_force(store.providers.find("plain"), clock.today(ZONE)).content_hash
    )


def test_new_validators_of_the_same_content_are_asked_by_next_time(store, served):
    _, server = served
    server.answers[:] = [Answer(body=playlist(), headers={"ETag": '"2"'})]
    assert looked(store, "served")["served"].day is None
    looked(store, "served")
    assert server.requests[-1][1]["if-none-match"] == '"2"'


def test_what_fails_is_noted_without_the_account_and_disturbs_no_other(store, served, tmp_path):
    file = tmp_path / "list.m3u"
    file.write_bytes(OTHER)
    store.providers.add("File", str(file), ZONE, "goat")
    with site(Answer(status=404)) as gone, site(Answer(body=b"<html>")) as page:
        store.providers.add("Gone", gone.address, ZONE, "goat")
        store.providers.add("Page", page.address, ZONE, "goat")
        found = looked(store, "served", "file", "gone", "page")
    assert found["file"].day
    assert "HTTP 404" in found["gone"].problem
    assert "a web page" in found["page"].problem
    assert not found["served"].problem
    assert PASSWORD not in str(found)
    store.incidents.note_standing_faults()
    assert [one.title for one in store.incidents.open()] == ["playlist of gone", "playlist of page"]
    assert PASSWORD not in str(store.incidents.open())


def test_a_look_that_was_killed_before_it_noted_the_change_finds_it_again(store, served, monkeypatch):
    _provider, server = served
    looked(store, "served")
    server.answers[:] = [Answer(body=OTHER, headers={"ETag": '"2"'})]

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store.playlists, "note_change", killed)
        with pytest.raises(KeyboardInterrupt):
            looked(store, "served")
    assert looked(store, "served")["served"].day == clock.today(ZONE)


def test_who_is_due_follows_the_providers_own_minutes(store):
    for name, minutes in (("Usual", None), ("Often", 5), ("Never", 0), ("Odd", "x"), ("Wild", 10**12)):
        provider = store.providers.add(name, "/lists/none.m3u", "UTC", "kid")
        if minutes is not None:
            with store.connections.transaction() as connection:
                connection.execute(
                    "UPDATE providers SET settings = %s WHERE id = %s",
                    (Jsonb({"check_minutes": minutes}), provider.id),
                )
    store.providers.pause(store.providers.add("Paused", "/lists/none.m3u", "UTC", "kid"))
    assert set(store.playlists.due(now())) == {"odd", "often", "usual", "wild"}
    store.playlists.begin(["odd", "often", "usual", "wild"])
    at = now()
    for slug in ("odd", "often", "usual", "wild"):
        store.playlists.note_poll(slug, at)
    assert store.playlists.due(at + timedelta(minutes=4)) == {}
    assert set(store.playlists.due(at + timedelta(minutes=5))) == {"often"}
    # One whose time has come takes those along whose time is near.
    assert set(store.playlists.due(at + timedelta(minutes=28))) == {"odd", "often", "usual"}


def test_a_look_is_asked_for_once_and_not_while_one_goes_on(graph, instance, store, served):
    assert isinstance(tick(graph, "playlist_checks", instance, store), dg.SkipReason)  # it was fetched just now
    store.providers.add("Fresh", "/lists/none.m3u", ZONE, "goat")
    request = tick(graph, "playlist_checks", instance, store)
    assert request.run_key == tick(graph, "playlist_checks", instance, store).run_key
    run = instance.create_run_for_job(graph.resolve_job_def("playlist_check"), status=dg.DagsterRunStatus.STARTED)
    assert isinstance(tick(graph, "playlist_checks", instance, store), dg.SkipReason)
    instance.report_run_failed(run)
    assert isinstance(tick(graph, "playlist_checks", instance, store), dg.RunRequest)
    looked(store, "fresh")
    assert tick(graph, "playlist_checks", instance, store).skip_message == "No playlist is due."
    store.playlists.note_poll("fresh", now() - HALF_AN_HOUR)
    assert tick(graph, "playlist_checks", instance, store).run_key != request.run_key


def test_a_change_leads_to_a_new_guide_of_that_provider_alone(graph, run, instance, store, served, settings):
    provider, server = served
    store.providers.add("Bystander", "/lists/none.m3u", ZONE, "goat")
    looked(store, "served")
    server.answers[:] = [Answer(body=OTHER, headers={"ETag": '"2"'})]
    asked = len(server.requests)
    assert graph.resolve_job_def("playlist_check").execute_in_process(instance=instance).success is True
    looked(store, "served")  # nothing has changed since: nothing more is asked for

    outcome = tick(graph, "changed_playlists", instance, store)
    (request,) = outcome.run_requests
    kept = store.playlists.in_force(provider, clock.today(ZONE))
    assert request.run_key.startswith(f"served:{clock.today(ZONE)}:{kept.content_hash}:")
    assert request.tags["epg/playlist"] == kept.content_hash
    assert [added.partition_keys for added in outcome.dynamic_partitions_requests] == [["served"]]
    again = tick(graph, "changed_playlists", instance, store, outcome.cursor)
    assert again.skip_message == "No playlist has changed."

    instance.add_dynamic_partitions("providers", ["served"])
    before = len(server.requests)
    result = graph.resolve_job_def("provider_day").execute_in_process(
        instance=instance, partition_key=request.partition_key, tags=request.tags
    )
    assert result.success
    assert len(server.requests) == before > asked  # the run takes what was fetched
    assert b"Boston Celtics" in (settings.dist / "served" / "guide.xml").read_bytes()


def test_a_list_put_back_as_it_was_is_a_change_again(graph, instance, store, served):
    _, server = served
    keys = []
    looked(store, "served")
    for body in (OTHER, playlist(), OTHER):
        server.answers[:] = [Answer(body=body)]
        looked(store, "served")
        keys.append(tick(graph, "changed_playlists", instance, store).run_requests[0].run_key)
    assert len(set(keys)) == 3


def test_many_changes_are_asked_for_over_several_ticks_and_none_is_lost(graph, instance, store):
    slugs = [store.providers.add(f"P {number:03}", "/lists/none.m3u", "UTC", "kid").slug for number in range(45)]
    store.playlists.begin(slugs)
    for number, slug in enumerate(slugs):
        store.playlists.note_change(slug, now(), clock.today("UTC"), f"{number:064x}")
    asked, cursor = [], None
    while not isinstance(outcome := tick(graph, "changed_playlists", instance, store, cursor), dg.SkipReason):
        asked += [str(request.partition_key).partition("|")[2] for request in outcome.run_requests]
        cursor = outcome.cursor
    assert asked == slugs


def changed(store, server):
    """The change noted when the server has another list than before."""
    looked(store, "served")
    server.answers[:] = [Answer(body=OTHER, headers={"ETag": '"2"'})]
    looked(store, "served")
    (change,) = store.playlists.changes(0, 10, now())
    return change


def noted(store, change, *, made=False):
    store.playlists.note_guide(change.slug, change.day, change.content_hash, now(), made=made)


def test_a_change_whose_guide_fails_is_asked_for_again_ever_later(store, served):
    _, server = served
    change = changed(store, server)

    def asked(**later):
        return [one.failed for one in store.playlists.changes(change.mark, 10, now() + timedelta(**later))]

    assert asked(minutes=31) == []  # under way, for all that is known
    noted(store, change)
    assert (asked(minutes=29), asked(minutes=31)) == ([], [1])
    for _ in range(8):
        noted(store, change)
    assert (asked(minutes=479), asked(minutes=481)) == ([], [9])
    assert asked(days=3) == []  # the day after is over
    store.playlists.note_guide(change.slug, change.day, "0" * 64, now(), made=True)
    assert asked(minutes=481) == [9]  # the guide of another list
    noted(store, change, made=True)
    assert asked(minutes=481) == []


def test_it_is_asked_for_again_until_the_day_after_its_own_is_over(store, served):
    provider, server = served
    change = changed(store, server)
    noted(store, change)
    midnight = datetime.combine(change.day + timedelta(days=2), time(), ZoneInfo(provider.timezone))
    just_before, just_after = (midnight + timedelta(seconds=off) for off in (-1, 1))
    assert [one.slug for one in store.playlists.changes(change.mark, 10, just_before)] == ["served"]
    assert store.playlists.changes(change.mark, 10, just_after) == []


def test_what_is_asked_for_again_has_a_key_of_its_own_and_moves_no_cursor(graph, instance, store, served):
    _, server = served
    change = changed(store, server)
    first = tick(graph, "changed_playlists", instance, store)
    noted(store, change)
    assert isinstance(tick(graph, "changed_playlists", instance, store, first.cursor), dg.SkipReason)
    half_an_hour_later(store)
    again = [tick(graph, "changed_playlists", instance, store, first.cursor) for _ in range(2)]
    assert [one.cursor for one in again] == [first.cursor] * 2
    keys = [one.run_requests[0].run_key for one in (first, *again)]
    assert keys[0] != keys[1] == keys[2]  # until it has failed once more


def half_an_hour_later(store):
    with store.connections.transaction() as connection:
        connection.execute("UPDATE playlist_checks SET failed_at = failed_at - interval '31 minutes'")


def test_one_that_is_asked_for_again_keeps_no_other_from_its_turn(graph, instance, store):
    slugs, day = ("one", "two", "three"), clock.today("UTC")
    for slug in slugs:
        store.providers.add(slug, "/lists/none.m3u", "UTC", "kid")
        store.playlists.begin([slug])
        store.playlists.note_change(slug, now(), day, "0" * 64)
        store.playlists.note_guide(slug, day, "0" * 64, now(), made=False)
    half_an_hour_later(store)
    last = str(max(change.mark for change in store.playlists.changes(0, 10, now())))
    ticks = [tick(graph, "changed_playlists", instance, store, last) for _ in range(60)]  # all remain due
    asked = [request.partition_key.partition("|")[2] for one in ticks for request in one.run_requests]
    assert len(asked) == len(ticks)
    assert set(asked) == set(slugs)


def test_its_own_run_tells_what_became_of_the_guide_of_a_change(graph, instance, store, served, settings):
    change, last = changed(store, served[1]), None
    instance.add_dynamic_partitions("providers", ["served"])

    def asked():
        return getattr(tick(graph, "changed_playlists", instance, store, last), "run_requests", [])

    def ran(request):
        ran = graph.resolve_job_def("provider_day").execute_in_process(
            instance=instance, partition_key=request.partition_key, tags=request.tags, raise_on_error=False
        )
        sensor(graph, "incidents")(dg.build_sensor_context(instance=instance), store=store, settings=settings)
        return ran.success

    def rename(name, other):
        with store.connections.transaction() as connection:
            connection.execute(f"ALTER TABLE {name} RENAME TO {other}")

    (first,) = asked()
    last = str(change.mark)
    rename("parsed_data", "parsed_data_away")
    assert not ran(first)
    half_an_hour_later(store)
    (again,) = asked()
    store.incidents.note_recoveries([("guide", "served")], change.day)  # a publish of the old names went well
    assert asked() == [again]
    rename("parsed_data_away", "parsed_data")
    assert ran(again)
    assert asked() == []


def test_a_change_found_before_a_pause_is_asked_for_when_it_is_over(graph, instance, store, served):
    provider, server = served
    change = changed(store, server)
    store.providers.pause(provider)
    other = store.providers.add("Other", "/lists/none.m3u", ZONE, "goat")
    store.playlists.begin(["other"])
    store.playlists.note_change("other", now(), change.day, "0" * 64)
    passed = tick(graph, "changed_playlists", instance, store)
    assert [one.partition_key.partition("|")[2] for one in passed.run_requests] == [other.slug]
    store.providers.change(store.providers.find("served"), status="active")
    resumed = tick(graph, "changed_playlists", instance, store, passed.cursor)
    assert [one.partition_key.partition("|")[2] for one in resumed.run_requests] == ["served"]
