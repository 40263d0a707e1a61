"""The page in a real browser: a large guide scrolls, filters and obeys the keyboard, and asks nobody for anything."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from guide_frames import BLANK, TROY, channels_for, decisions_of

from epg_pipeline.config.sports import load_sports
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.page import guide_page
from epg_pipeline.domain.schedule import schedule
from epg_pipeline.domain.tiers import dress

playwright = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no browser: apt-get install chromium")

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps"]  # fmt: skip
CHANNELS, DAY = 3246, ProviderDay(date(2025, 10, 8), "America/New_York")


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """3,246 channels; every third shows a game, named by its number."""
    slots = [f"NBA {number:04}" for number in range(CHANNELS)]
    rows = [game(number, slot) if number % 3 == 0 else BLANK | {"slot": slot} for number, slot in enumerate(slots)]
    channels, sports = channels_for(*slots), load_sports()
    dressed = dress(schedule(decisions_of(*rows), channels, DAY, sports), "goat", DAY.timezone, sports)
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(guide_page(channels, dressed, [DAY], "Demo", sports), "utf-8")
    return path


def game(number: int, slot: str) -> dict:
    start = DAY.opens + timedelta(minutes=10 * (number % 140))
    return TROY | {"slot": slot, "away": f"Team{number}", "event_id": slot, "starts_at": start}


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser, page_file):
    """The page, opened; at the end nothing was complained of and nothing asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="Europe/Berlin")
    page, complaints, requests = context.new_page(), [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.clock.install(time=DAY.opens + timedelta(hours=12, minutes=30))
    page.goto(page_file.as_uri())
    page.wait_for_selector(".row")
    yield page
    assert complaints == []
    assert requests == [page_file.as_uri()]
    context.close()


def shown(page) -> str:
    return page.locator("#count").inner_text()


def test_a_large_guide_draws_only_what_is_seen(opened):
    assert shown(opened) == "3,246 channels"
    assert opened.locator(".row").count() < 60
    assert opened.locator("#plane").get_attribute("aria-rowcount") == "3247"
    opened.locator("#pane").evaluate("pane => { pane.scrollTop = pane.scrollHeight }")
    opened.wait_for_selector("text=NBA 3245")
    assert opened.locator(".row").count() < 60


def test_words_league_family_and_state_narrow_the_channels(opened):
    opened.fill("#words", "team33 ")
    assert shown(opened) == "5 channels"  # Team33, Team330, Team333, Team336, Team339
    opened.fill("#words", "team333 old")
    assert shown(opened) == "1 channel"
    opened.fill("#words", "nowhere")
    assert shown(opened) == "0 channels"
    opened.click("#clear")
    assert shown(opened) == "3,246 channels"
    opened.select_option("#state", "idle")
    assert shown(opened) == "2,164 channels"
    opened.select_option("#state", "matched")
    assert shown(opened) == "1,082 channels"
    opened.select_option("#league", "league:college-football")
    assert shown(opened) == "1,082 channels"
    opened.select_option("#state", "unmatched")
    assert shown(opened) == "0 channels"


def test_channels_can_stand_by_the_start_of_their_event(opened):
    assert opened.locator(".side b").first.inner_text() == "NBA 0000"
    opened.select_option("#state", "events")
    opened.select_option("#order", "start")
    starts = opened.locator(".cell.live small").all_inner_texts()
    assert starts[0].startswith("12:00 AM")
    assert len({start.split(" –")[0] for start in starts[:5]}) == 1


def test_the_grid_is_walked_with_arrows_and_opened_with_enter(opened):
    opened.locator(".cell").first.focus()
    focused = "document.activeElement.dataset.at"
    opened.keyboard.press("End")
    assert opened.evaluate(focused).startswith("0:")
    opened.keyboard.press("ArrowDown")
    assert opened.evaluate(focused) == "1:0"  # an idle channel is one cell
    for _ in range(4):
        opened.keyboard.press("PageDown")
    assert opened.evaluate(focused).startswith("41:")
    opened.keyboard.press("ArrowDown")
    row = opened.evaluate("document.activeElement.closest('.row').getAttribute('aria-rowindex')")
    assert row == "44"
    opened.keyboard.press("Enter")
    assert opened.locator("#details").is_visible()
    assert "Team42 at Old Dominion" in opened.locator("#details-title").inner_text()
    assert "NBA 0042" in opened.locator("#details-facts").inner_text()
    opened.keyboard.press("Escape")
    assert not opened.locator("#details").is_visible()
    assert opened.evaluate(focused).startswith("42:")


def test_a_click_tells_all_of_a_programme(opened):
    opened.fill("#words", "team333 ")
    opened.locator(".cell.live").first.click()
    told = opened.locator("#details").inner_text()
    for part in ("NCAA Football", "S.B. Ballard Stadium", "American football", "98 %", "Your time"):
        assert part in told


def test_now_is_marked_and_what_is_on_now_can_be_asked_for(opened):
    assert opened.locator("#now").is_visible()
    opened.select_option("#state", "now")
    assert 0 < int(shown(opened).split()[0].replace(",", "")) < 1082
    assert opened.locator(".cell.on").count() > 5


def test_the_search_is_one_key_away(opened):
    opened.locator("body").press("/")
    assert opened.evaluate("document.activeElement.id") == "words"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_but_the_grid_scrolls_sideways(browser, page_file, scheme):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.wait_for_selector(".row")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".side").first.bounding_box()["width"] < 120
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(11, 14, 19)") is (scheme == "dark")
    context.close()


def test_on_a_day_of_the_past_there_is_no_now(browser, page_file):
    context = browser.new_context()
    page = context.new_page()
    page.clock.install(time=datetime(2026, 1, 1, tzinfo=UTC))
    page.goto(page_file.as_uri())
    page.wait_for_selector(".row")
    assert not page.locator("#now").is_visible()
    assert page.locator("#state option[value=now]").count() == 0
    context.close()
