"""The start page and the metrics: what they show of each provider, and what they never show."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import yaml
from commands import epg
from guide_server import GUIDE, NOW, TOKEN, GuideServer, serving, write_guide, write_provider
from prometheus_client.parser import text_string_to_metric_families

from epg_pipeline.serve import playlist_token

DOCS = Path(__file__).parents[2] / "docs" / "monitoring.md"
ODD = 'Tom & "Jerry" <b>\\\n{{ 271 * 828182 }} %LISTING%'


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("shelf") / "dist") as guides:
        yield guides


@pytest.fixture
def guides(running) -> GuideServer:
    running.refill()
    return running


def _text(guides: GuideServer) -> str:
    """The words of the start page, without its markup."""
    body = guides.get("/").text.split("<body>")[1].split("<script>")[0]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))


def _addresses(guides: GuideServer) -> list[str]:
    return [unescape(found) for found in re.findall(r'<input [^>]*value="([^"]*)"', guides.get("/").text)]


def test_a_provider_is_shown_with_its_publish_and_figures(guides):
    text = _text(guides)
    assert "1 provider · 1,234 channels" in text
    assert "The Club" in text
    assert "Published today 06:02 EDT" in text
    for figure in ("75.2%", "1,234", "56,789", "300"):
        assert figure in text
    assert "Problems" not in guides.get("/").text


@pytest.mark.parametrize(
    ("zone", "published", "words"),
    [
        ("America/New_York", "2025-10-18T10:02:00Z", "today 06:02 EDT"),
        ("America/New_York", "2025-10-18T03:59:00Z", "yesterday 23:59 EDT"),
        ("Australia/Sydney", "2025-10-18T10:02:00Z", "yesterday 21:02 AEDT"),  # there it is the 19th already
        ("America/Sao_Paulo", "2025-10-18T10:02:00Z", "today 07:02 UTC-03"),  # a zone without its own name
        ("America/New_York", "2025-10-04T10:02:00Z", "Saturday 4 October 2025, 06:02 EDT"),
        ("Mars/Olympus", "2025-10-18T10:02:00Z", "today 10:02 UTC"),
    ],
)
def test_the_time_is_shown_in_the_providers_zone(guides, zone, published, words):
    write_provider(guides.dist, timezone=zone, published_at=published)
    assert f"Published {words}" in _text(guides)


def test_the_addresses_to_copy_work(guides):
    addresses = _addresses(guides)
    server = f"http://127.0.0.1:{guides.port}"
    paths = ["guide.xml.gz", "guide.xml", "kid/guide.xml.gz", "goat-europe-london/guide.xml.gz"]
    assert addresses == [f"{server}/guides/club/{path}" for path in paths]
    assert {guides.get(address.removeprefix(server)).status for address in addresses} == {200}


def test_the_bucket_is_an_address_too(tmp_path):
    write_provider(tmp_path / "dist", editions=[])
    with serving(tmp_path / "dist", bucket="https://tv.example.org/epg") as guides:
        assert _addresses(guides)[2:] == ["https://tv.example.org/epg/club/guide.xml.gz"]
        (guides.dist / "club" / "guide.xml.gz").unlink()
        assert len(_addresses(guides)) == 1


def test_addresses_are_those_the_reader_came_by(guides):
    page = guides.get("/", host="guides.example:8443")
    assert 'value="http://guides.example:8443/guides/club/guide.xml"' in page.text
    assert "<script>alert" not in guides.get("/", host='x"><script>alert(1)</script>').text


def test_pages_and_reports_are_linked_where_they_are(guides):
    page = guides.get("/").text
    links = set(re.findall(r'href="([^"]*)"', page))
    assert links == {"/metrics", "/guides/club/", "/guides/club/report.html"}
    assert {guides.get(link).status for link in links} == {200}
    for name in ("index.html", "report.html"):
        (guides.dist / "club" / name).unlink()
    assert set(re.findall(r'href="([^"]*)"', guides.get("/").text)) == {"/metrics"}


def test_the_private_playlist_is_only_pointed_at(guides):
    page = guides.get("/").text
    assert "epg playlist-url club" in page
    for secret in (TOKEN, "token=", "playlist.m3u", "hunter2", "carol"):
        assert secret not in page
    (guides.dist / "club" / "playlist.m3u").unlink()
    assert "epg playlist-url" not in guides.get("/").text


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        (
            {"held_back": "it lost 41% of its programmes"},
            "held back, the last one stays: it lost 41% of its programmes",
        ),
        ({"uploads_failed": 1}, "1 file did not reach the bucket"),
        ({"uploads_failed": 3}, "3 files did not reach the bucket"),
        (
            {"day": "2025-10-16", "published_at": "2025-10-16T10:02:00Z"},
            "The guide is old: the last day published is 2025-10-16",
        ),
        ({"day": "someday"}, "Its figures are not known: its summary.json can't be read (day"),
        ({"match_rate": 7}, "can't be read (match_rate"),
    ],
)
def test_what_is_wrong_stands_beside_its_provider(guides, stated, shown):
    write_provider(guides.dist, **stated)
    assert shown in _text(guides)


def test_a_guide_made_for_days_long_gone_is_not_old_but_says_so(guides):
    """As that of the demo."""
    write_provider(guides.dist, day="2025-08-23")
    assert "Published today 06:02 EDT , for the days about Saturday 23 August 2025" in _text(guides)
    assert "old" not in _text(guides)


def test_a_guide_of_yesterday_is_not_old_yet(guides):
    write_provider(guides.dist, day="2025-10-17")
    assert "old" not in _text(guides)


@pytest.mark.parametrize("summary", [None, "{", "[]", '"text"'])
def test_a_guide_whose_summary_is_missing_or_broken_is_listed_all_the_same(guides, summary):
    path = guides.dist / "club" / "summary.json"
    path.unlink()
    if summary is not None:
        path.write_text(summary)
    text = _text(guides)
    assert "Its figures are not known" in text
    assert "club" in text
    assert f"http://127.0.0.1:{guides.port}/guides/club/guide.xml" in _addresses(guides)


def test_a_provider_whose_first_guide_was_held_back_is_listed_with_the_reason(guides):
    folder = write_provider(guides.dist, held_back="it has no programme", editions=[], published_at=None)
    for name in ("guide.xml", "guide.xml.gz", "index.html", "report.html"):
        (folder / name).unlink()
    text = _text(guides)
    assert "it has no programme" in text
    assert _addresses(guides) == []


def test_names_are_shown_as_they_are_and_never_run(guides):
    write_provider(guides.dist, provider=ODD, held_back=ODD)
    page = guides.get("/").text
    assert "<b>\\" not in page
    assert str(271 * 828182) not in page  # more digits than a port or a time has
    assert " ".join(ODD.split()) in _text(guides)


def test_providers_stand_by_name_and_all_are_listed(guides):
    for slug, name in (("zeta", "Alpha"), ("alpha", "zeta"), ("mid", "Mid")):
        write_provider(guides.dist, slug, provider=name)
    names = re.findall(r"<h2 [^>]*><a [^>]*>(.*?)</a>", guides.get("/").text)
    assert names == ["Alpha", "Mid", "The Club", "zeta"]


def test_the_page_asks_nobody_for_anything_and_says_so(guides):
    page = guides.get("/").text
    assert "default-src 'none'" in unescape(page)
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_a_reader_that_has_the_page_gets_none_until_something_changes(guides):
    first = guides.get("/")
    assert guides.get("/", if_none_match=first.headers["etag"]).status == 304
    assert guides.get("/guides/").body == first.body
    write_provider(guides.dist, channels=7)
    assert guides.get("/", if_none_match=first.headers["etag"]).status == 200


def _samples(guides: GuideServer) -> dict[tuple, float]:
    got = guides.get("/metrics")
    assert got.status == 200
    assert got.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(got.text)
        for sample in family.samples
    }


def test_metrics_show_what_the_summaries_say(guides):
    found, club = _samples(guides), ("provider", "club")
    published = datetime(2025, 10, 18, 10, 2, 3, tzinfo=UTC).timestamp()
    assert found["epg_guides",] == 1
    assert found["epg_guide_last_publish_timestamp_seconds", club] == published
    assert found["epg_guide_channels", club] == 1234
    assert found["epg_guide_programmes", club] == 56789
    assert found["epg_guide_match_rate", club] == 0.7525
    assert found["epg_guide_held_back", club] == 0
    assert found["epg_guide_uploads_failed", club] == 0
    assert found["epg_guide_summary_fault", club] == 0
    slots = {key[2][1]: value for key, value in found.items() if key[0] == "epg_guide_slots"}
    assert slots == {"matched": 300, "partial": 20, "unmatched": 80, "unparseable": 830, "manual": 4}
    assert found["epg_guide_file_bytes", ("file", "kid/guide.xml"), club] == len(GUIDE)
    assert not any("playlist" in str(key) for key in found)


def test_what_is_not_known_has_no_sample(guides):
    write_provider(guides.dist, match_rate=None, held_back="too few", uploads_failed=2)
    found, club = _samples(guides), ("provider", "club")
    assert ("epg_guide_match_rate", club) not in found
    assert found["epg_guide_held_back", club] == 1
    assert found["epg_guide_uploads_failed", club] == 2
    (guides.dist / "club" / "summary.json").write_text("{")
    found = _samples(guides)
    assert ("epg_guide_channels", club) not in found
    assert found["epg_guide_summary_fault", club] == 1


def test_a_file_name_that_has_to_be_escaped_comes_back_as_it_is(guides):
    """Editions come from the summary; what can't be a folder's name is left out."""
    write_provider(guides.dist, editions=['a"b\\c\nd', "kid", "..", "2025+10"])
    write_guide(guides.dist / "club" / "2025+10")
    files = {dict(key[1:])["file"] for key in _samples(guides) if key[0] == "epg_guide_file_bytes"}
    assert {"kid/guide.xml", "2025+10/guide.xml"} <= files
    assert not any(".." in name or '"' in name for name in files)


def test_requests_are_counted_by_route_and_status_without_their_addresses(guides):
    def counted() -> dict[tuple[str, str], float]:
        return {
            (dict(key[1:])["route"], dict(key[1:])["status"]): value
            for key, value in _samples(guides).items()
            if key[0] == "epg_http_requests_total"
        }

    before = counted()
    mark = guides.get("/guides/club/guide.xml").headers["etag"]
    guides.get("/guides/club/guide.xml", if_none_match=mark)
    guides.get("/guides/nobody/guide.xml")
    guides.get(f"/guides/club/playlist.m3u?token={TOKEN}")
    guides.get("/guides/club/playlist.m3u?token=wrong")
    guides.get("/nothing/at/all")
    guides.ask("POST", "/")
    after = counted()
    grown = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)}
    guide, playlist = "/guides/{slug:str}/guide.xml", "/guides/{slug:str}/playlist.m3u"
    assert grown == {
        (guide, "200"): 1,
        (guide, "304"): 1,
        (guide, "404"): 1,
        (playlist, "200"): 1,
        (playlist, "403"): 1,
        ("none", "404"): 1,
        ("/", "405"): 1,
        ("/metrics", "200"): 1,
    }


def _yaml_of_docs() -> list[dict]:
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", DOCS.read_text(), re.DOTALL)]


def test_every_metric_of_the_documentation_is_given(guides):
    _samples(guides)  # requests are counted from the first on
    given = {key[0] for key in _samples(guides) if not key[0].endswith("_created")}
    named = set(re.findall(r"\bepg_(?:guide|http)[a-z_]*\b", DOCS.read_text()))
    assert named - given == set()
    assert {name for name in given if name.startswith("epg_")} - named == set()


def test_the_documented_scrape_and_alerts_are_what_prometheus_reads():
    scrape, rules = _yaml_of_docs()
    assert scrape["scrape_configs"][0]["static_configs"][0]["targets"] == ["127.0.0.1:8080"]
    alerts = rules["groups"][0]["rules"]
    assert len({rule["alert"] for rule in alerts}) == len(alerts) == 7
    for rule in alerts:
        assert set(rule) <= {"alert", "expr", "for", "annotations"}
        assert rule["annotations"]["summary"]


def test_two_hundred_providers_are_listed(guides):
    for number in range(200):
        folder = guides.dist / f"tv-{number}"
        folder.mkdir()
        (folder / "guide.xml").write_bytes(GUIDE)
        (folder / "summary.json").write_text('{"provider": "TV", "channels": 10}')
    assert "201 providers · 3,234 channels" in _text(guides)
    assert _samples(guides)["epg_guides",] == 201
    assert guides.now == NOW
    guides.now = NOW + timedelta(days=3)
    assert _text(guides).count("The guide is old") == 1


def test_the_address_of_a_private_playlist_is_printed_and_opens_it(tmp_path):
    write_provider(tmp_path / "dist")
    home, dist = tmp_path / "home", {"EPG_DIST": str(tmp_path / "dist")}
    named = epg(home, "playlist-url", "the club", **dist)
    assert (named.code, named.err) == (0, "")
    assert named.out.startswith("http://127.0.0.1:8080/guides/club/playlist.m3u?token=")
    outer = {"EPG_GUIDE_URL": "https://tv.example/"}
    assert epg(home, "playlist-url", "club", **dist, **outer).out.startswith("https://tv.example/guides/club/")
    given = epg(home, "playlist-url", "club", "--server", "http://10.0.0.2:81", **dist, **outer)
    assert given.out.startswith("http://10.0.0.2:81/guides/club/")
    with serving(tmp_path / "dist", playlist_token(home)) as guides:
        assert guides.get(named.out.strip().removeprefix("http://127.0.0.1:8080")).status == 200


def test_a_playlist_that_is_not_there_is_reported_with_those_that_are(tmp_path):
    write_provider(tmp_path / "dist")
    result = epg(tmp_path / "home", "playlist-url", "Clubb", EPG_DIST=str(tmp_path / "dist"))
    assert result.code == 2
    assert 'no playlist of "Clubb" is published' in " ".join(result.err.split())
    assert "The Club" in result.err
