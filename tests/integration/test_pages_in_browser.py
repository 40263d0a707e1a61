"""The pages in a real browser, with 3,246 channels: they scroll, filter, obey the keyboard, and ask for nothing."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from accessible import shortcomings
from guide_frames import BLANK, TROY, channels_for, decisions_of, dress, evidence, guide_page, report_page
from guide_server import serving, write_provider

from epg_pipeline.config.sports import load_sports
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import EVENTS, MATCH_RATES, empty
from epg_pipeline.domain.guide.schedule import schedule
from epg_pipeline.domain.matching.diagnosis import DIAGNOSES

playwright = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no browser: apt-get install chromium"),
    pytest.mark.xdist_group("browser"),  # one browser for all of them
]

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps"]  # fmt: skip
PATIENCE = 300_000  # milliseconds: only a hang reaches it
CHANNELS, DAY = 3246, ProviderDay(date(2025, 10, 8), "America/New_York")
SLOTS = [f"NBA {number:04}" for number in range(CHANNELS)]
AS_NAMED = {"event_id": None, "confidence": 0.0, "home": None}


def game(number: int) -> dict:
    """Every third slot shows a game, named by its number; of ten of these one is not found, of one is half known."""
    slot = {"slot": SLOTS[number], "name": f"{SLOTS[number]} : Team{number} at Old Dominion", "family": "NBA"}
    if number % 3:
        return BLANK | slot | {"name": f"{SLOTS[number]} :"}
    start = DAY.opens + timedelta(minutes=10 * (number % 140))
    found = TROY | slot | {"away": f"Team{number}", "event_id": slot["slot"], "starts_at": start}
    if number % 30 == 27:
        sides = {"first": f"team{number}", "second": "nowhere"}
        return found | AS_NAMED | sides | {"match_status": "unmatched", "title": f"Team{number} vs Nowhere"}
    if number % 300 == 3:
        return found | AS_NAMED | {"match_status": "partial", "title": f"Team{number} vs Half"}
    return found | {"evidence": evidence(verdict="taken", score=115.6)}


DECISIONS = decisions_of(*map(game, range(CHANNELS)))
MISSING = DECISIONS.filter(pl.col("match_status").is_in(["unmatched", "partial"]))
DIAGNOSED = MISSING.with_columns(
    cause=pl.when(pl.col("match_status") == "partial")
    .then(pl.lit("one side unknown"))
    .otherwise(pl.lit("no such fixture")),
    unknown=pl.lit(["Nowhere"]),
    nearest=pl.lit([], pl.List(pl.String)),
    similar=pl.lit([], pl.List(pl.String)),
).select(DIAGNOSES.names())
HISTORY = pl.DataFrame(
    [
        {"day": DAY.date - timedelta(days=back), "slots": CHANNELS, "matched": 900, "partial": 11, "unmatched": 108,
         "unparseable": 2164, "match_rate": 0.9 - back / 100}
        for back in range(30)
    ],
    schema=MATCH_RATES,
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The two pages beside each other, as they are published."""
    channels, sports, folder = channels_for(*SLOTS), load_sports(), tmp_path_factory.mktemp("pages")
    dressed = dress(schedule(DECISIONS, channels, DAY, sports), "goat", DAY.timezone, sports)
    guide = guide_page(channels, dressed, [DAY], "Demo", sports, report="report.html")
    (folder / "index.html").write_text(guide, "utf-8")
    report = report_page(DECISIONS, DIAGNOSED, empty(EVENTS), HISTORY, DAY, "Demo", sports)
    (folder / "report.html").write_text(report, "utf-8")
    return folder


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def desktop(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="Europe/Berlin")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def opened(desktop, folder):
    """Opens a page of the folder; at the end nothing was complained of, and nothing else was asked for."""
    page, complaints, requests = desktop.new_page(), [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url.partition("#")[0]))

    def opening(address: str = "index.html"):
        if address.startswith("index"):
            page.clock.install(time=DAY.opens + timedelta(hours=12, minutes=30))
        page.goto(f"{folder.as_uri()}/{address}")
        page.wait_for_selector(".row, #rows tr")
        return page

    yield opening
    assert complaints == []
    assert {url.rpartition("/")[0] for url in requests} == {folder.as_uri()}
    page.close()


def shown(page) -> str:
    return page.locator("#count").inner_text()


def chosen(page, state: str) -> str:
    page.select_option("#state", state)
    return shown(page)


# The guide


def test_a_large_guide_draws_only_what_is_seen(opened):
    page = opened()
    assert shown(page) == "3,246 channels"
    assert page.locator(".row").count() < 60
    assert page.locator("#plane").get_attribute("aria-rowcount") == "3247"
    page.locator("#pane").evaluate("pane => { pane.scrollTop = pane.scrollHeight }")
    page.wait_for_selector("text=NBA 3245")
    assert page.locator(".row").count() < 60


def test_words_league_family_and_state_narrow_the_channels(opened):
    page = opened()
    page.fill("#words", "team33 ")
    assert shown(page) == "5 channels"  # Team33, Team330, Team333, Team336, Team339
    page.fill("#words", "team333 old")
    assert shown(page) == "1 channel"
    page.fill("#words", "zanzibar")
    assert shown(page) == "0 channels"
    page.click("#clear")
    assert shown(page) == "3,246 channels"
    assert page.evaluate("document.activeElement.id") == "words"
    by_state = {state: chosen(page, state) for state in ("idle", "matched", "partial", "unmatched", "events")}
    assert by_state == {
        "idle": "2,164 channels",
        "matched": "963 channels",
        "partial": "11 channels",
        "unmatched": "108 channels",
        "events": "1,082 channels",
    }
    page.select_option("#league", "league:college-football")
    assert shown(page) == "1,082 channels"
    page.select_option("#family", "NBA")
    assert shown(page) == "1,082 channels"
    assert "One side known (11)" in page.locator("#state").inner_text()


def test_what_is_left_is_said_aloud_once_typing_pauses(opened):
    page = opened()
    assert page.locator("#heard").inner_text() == ""
    page.fill("#words", "team33 ")
    assert page.locator("#heard").inner_text() == ""
    page.clock.run_for(500)
    assert page.locator("#heard").inner_text() == "5 channels"


def test_channels_can_stand_by_the_start_of_their_event(opened):
    page = opened()
    assert page.locator(".side b").first.inner_text() == "NBA 0000"
    page.select_option("#state", "events")
    page.select_option("#order", "start")
    starts = page.locator(".cell.live small").all_inner_texts()
    assert starts[0].startswith("12:00 AM")
    assert len({start.split(" –")[0] for start in starts[:5]}) == 1


def test_the_grid_is_walked_with_arrows_and_opened_with_enter(opened):
    page, focused = opened(), "document.activeElement.dataset.at"
    page.locator(".cell").first.focus()
    page.keyboard.press("End")
    assert page.evaluate(focused).startswith("0:")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "1:0"  # an idle channel is one cell
    for _ in range(4):
        page.keyboard.press("PageDown")
    assert page.evaluate(focused).startswith("41:")
    page.keyboard.press("ArrowDown")
    row = page.evaluate("document.activeElement.closest('.row').getAttribute('aria-rowindex')")
    assert row == "44"
    page.keyboard.press("Enter")
    assert page.locator("#details").is_visible()
    assert "Team42 at Old Dominion" in page.locator("#details-title").inner_text()
    assert "NBA 0042" in page.locator("#details-facts").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator("#details").is_visible()
    assert page.evaluate(focused).startswith("42:")
    page.keyboard.press("Control+End")
    assert page.evaluate(focused).startswith("3245:")
    page.keyboard.press("Control+Home")
    assert page.evaluate(focused) == "0:0"


def test_the_first_tab_skips_to_what_is_seen_of_the_grid(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    assert page.locator("#skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "gridcell"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert page.evaluate("document.activeElement.getBoundingClientRect().right") > 200


def test_a_click_shows_all_of_a_programme_and_leads_to_how_it_was_read(opened):
    page = opened()
    page.fill("#words", "team333 ")
    page.locator(".cell.live").first.click()
    details = page.locator("#details").inner_text()
    for part in ("NCAA Football", "S.B. Ballard Stadium", "American football", "98 %", "Your time"):
        assert part in details
    page.click("text=How its name was read")
    page.wait_for_selector("#rows tr")
    assert shown(page) == "1 slot"
    assert "NBA 0333" in page.locator("#rows").inner_text()


def test_an_address_can_name_a_channel(opened):
    page = opened("index.html#NBA%202999")
    assert page.evaluate("document.activeElement.closest('.row').querySelector('b').textContent") == "NBA 2999"
    assert page.locator("text=NBA 2999").is_visible()
    page.evaluate("location.hash = 'NBA%200001'")
    page.wait_for_selector("text=NBA 0001")
    page.evaluate("location.hash = '%'")  # an address that was cut short
    page.reload()
    assert page.locator(".row").count() > 5


def test_now_is_marked_and_what_is_on_now_can_be_asked_for(opened):
    page = opened()
    assert page.locator("#now").is_visible()
    assert 0 < int(chosen(page, "now").split()[0].replace(",", "")) < 1082
    assert page.locator(".cell.on").count() > 5


def test_the_search_is_one_key_away(opened):
    page = opened()
    page.locator("body").press("/")
    assert page.evaluate("document.activeElement.id") == "words"


def test_on_a_day_of_the_past_there_is_no_now(desktop, folder):
    page = desktop.new_page()
    page.clock.install(time=datetime(2026, 1, 1, tzinfo=UTC))
    page.goto(f"{folder.as_uri()}/index.html")
    page.wait_for_selector(".row")
    assert not page.locator("#now").is_visible()
    assert page.locator("#state option[value=now]").count() == 0
    page.close()


# The report


def test_a_large_report_lists_its_slots_page_by_page(opened):
    page = opened("report.html")
    assert "89 %" in page.locator(".rate").inner_text()
    assert shown(page) == "3,246 slots"
    assert page.locator("#rows tr").count() == 50
    assert page.locator("#back").is_disabled()
    page.click("#on")
    assert page.locator("#place").inner_text() == "51 to 100 of 3,246"
    assert page.locator("#rows th").first.inner_text().startswith("NBA 0050")
    assert page.evaluate("document.activeElement.id") == "list"


def test_slots_are_found_by_words_outcome_family_and_cause(opened):
    page = opened("report.html")
    page.fill("#words", "team33 ")
    assert shown(page) == "5 slots"
    page.fill("#words", "")
    assert chosen(page, "unmatched") == "108 slots"
    page.select_option("#cause", "one side unknown")
    assert shown(page) == "0 slots"
    assert page.locator("#none").is_visible()
    page.click("#clear")
    assert shown(page) == "3,246 slots"
    page.click('[data-filter="cause"][data-value="one side unknown"]')
    assert shown(page) == "11 slots"
    page.click('[data-filter="state"][data-value="idle"]')
    assert shown(page) == "2,164 slots"
    page.click('#families [data-filter="family"]')
    assert shown(page) == "3,246 slots"


def test_why_is_one_step_away_and_families_are_sorted_by_keyboard(opened):
    page = opened("report.html#NBA%200027")
    assert shown(page) == "1 slot"
    page.locator("#rows summary").focus()
    page.keyboard.press("Enter")
    assert "No event on record has both of its sides near its date." in page.locator("#rows details").inner_text()
    assert page.locator("#rows th a").get_attribute("href") == "index.html#NBA%200027"
    head = page.locator("#families thead th").nth(1)
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"


# Both


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_can_be_read_by_all(browser, folder, scheme):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    for name, width, height in (
        ("index", 390, 844),
        ("index", 1440, 844),
        ("report", 390, 6000),
        ("report", 1280, 3000),
    ):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{folder.as_uri()}/{name}.html")
        page.wait_for_selector(".row, #rows tr")
        assert page.evaluate("document.documentElement.scrollWidth") <= width  # nothing but the grid scrolls sideways
        assert shortcomings(page) == []
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (dark == "rgb(11, 14, 19)") is (scheme == "dark")
    context.close()


# The start page


@pytest.fixture(scope="module")
def start_page(tmp_path_factory):
    """The address of a start page with two providers, one of them in trouble, and a server behind it."""
    dist = tmp_path_factory.mktemp("start") / "dist"
    write_provider(dist)
    write_provider(dist, "my-tv", provider="My TV", held_back="too few programmes", uploads_failed=2)
    with serving(dist) as guides:
        yield f"http://127.0.0.1:{guides.port}/"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light")])
def test_the_start_page_hands_out_its_addresses(browser, start_page, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    context.set_default_timeout(PATIENCE)
    page, complaints, requests = context.new_page(), [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.clock.install(time=0)
    page.goto(start_page)
    page.clock.pause_at(3_600_000)  # the message goes after some seconds: however late it is looked for, it stays
    page.get_by_role("button", name="Copy the address kid edition of My TV").press("Enter")
    page.locator("#status", has_text="The address is copied.").wait_for(state="attached")
    page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    page.locator("textarea").press("Control+V")
    assert page.locator("textarea").input_value() == f"{start_page}guides/my-tv/kid/guide.xml.gz"
    page.evaluate("document.querySelector('textarea').remove()")
    assert page.evaluate("document.documentElement.scrollWidth") == width  # nothing sticks out
    assert shortcomings(page) == []
    assert (complaints, requests) == ([], [start_page])
    context.close()


def test_the_start_page_works_without_scripts(browser, start_page):
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(start_page)
    assert page.get_by_label("guide.xml.gz").first.input_value() == f"{start_page}guides/my-tv/guide.xml.gz"
    assert page.get_by_role("button").count() == 0
    page.get_by_role("link", name="Match report").first.click()
    assert page.url == f"{start_page}guides/my-tv/report.html"
    context.close()
