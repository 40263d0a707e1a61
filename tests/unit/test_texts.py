"""The words of guides: whole in every language, refused where they could not be filled, and an operator's own."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from guide_frames import BLANK, TROY, channels_for, decisions_of, dress

from epg_pipeline.config.provider_settings import TIERS
from epg_pipeline.config.sports import load_sports
from epg_pipeline.config.texts import load_texts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.guide.schedule import schedule
from epg_pipeline.errors import ConfigError

if TYPE_CHECKING:
    import polars as pl

LANGUAGES = ("en", "de", "es", "fr")
DAY = date(2025, 10, 8)


def dressed(row: dict, texts, tier: str = "buck", timezone: str = "Europe/Berlin") -> pl.DataFrame:
    day = ProviderDay(DAY, timezone)
    programmes = schedule(decisions_of(row), channels_for("NCAAF 03"), day, load_sports())
    return dress(programmes, tier, timezone, load_sports(), texts=texts)


def own(tmp_path, text: str):
    file = tmp_path / "texts.yaml"
    file.write_text(text, "utf-8")
    return file


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("part", ["titles", "descriptions"])
def test_every_language_has_the_fields_of_english_in_other_words(language, part):
    ours = getattr(load_texts("en").words, part).model_dump()
    theirs = getattr(load_texts(language).words, part).model_dump()
    assert {sort: fields(text) for sort, text in theirs.items()} == {sort: fields(text) for sort, text in ours.items()}
    wordless = {sort for sort, text in ours.items() if text in {"{title}", "{facts}"}}
    assert {sort for sort, text in theirs.items() if text == ours[sort]} == wordless


def test_a_german_guide_is_german_down_to_its_days_and_zones():
    texts = load_texts("de")
    later = TROY | {"starts_at": datetime(2025, 10, 11, 17, 30, tzinfo=UTC)}
    filler = dressed(later, texts).row(0, named=True)
    assert filler["title"] == "Demnächst: Troy at Old Dominion am Sa., 11.10. um 19:30 MESZ"
    assert filler["description"] == (
        "Am Sa., 11.10. um 19:30 MESZ. NCAA Football: Troy at Old Dominion. Spielort: S.B. Ballard Stadium."
    )
    assert dressed(BLANK, texts)["title"].unique().to_list() == ["Heute kein Programm"]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("es", "Próximamente: Troy at Old Dominion, sáb 11 oct, 19:30 CEST"),
        ("fr", "Prochainement : Troy at Old Dominion, sam. 11 oct. à 19:30 CEST"),
        ("en", "Next: Troy at Old Dominion on Sat, Oct 11 at 19:30 CEST"),
    ],
)
def test_dates_are_in_the_languages_own_words(language, title):
    later = TROY | {"starts_at": datetime(2025, 10, 11, 17, 30, tzinfo=UTC)}
    assert dressed(later, load_texts(language))["title"][0] == title


def test_the_clock_is_the_zones_habit_unless_it_is_set():
    assert load_texts().clock("America/New_York") == load_texts(clock="12").clock("Europe/Berlin") == "%-I:%M %p"
    assert load_texts().clock("Europe/Berlin") == load_texts(clock="24").clock("America/New_York") == "%H:%M"


def test_an_own_file_says_only_what_differs(tmp_path):
    file = own(tmp_path, 'languages: {en: {titles: {post: "That was {title}"}}}\nzone_names: {Europe/Berlin: Berlin}\n')
    texts = load_texts("en", file)
    assert texts.words.titles.post == "That was {title}"
    assert texts.words.titles.pre == load_texts().words.titles.pre
    assert texts.zone_names["America/New_York"] == "ET"
    assert "at 01:30 Berlin" in dressed(TROY, texts)["title"][0]
    assert load_texts("de", file) == load_texts("de").model_copy(update={"zone_names": texts.zone_names})


def test_a_tier_may_say_it_otherwise_and_says_the_rest_as_its_language(tmp_path):
    file = own(tmp_path, 'languages: {en: {tiers: {kid: {titles: {idle: "Nothing on"}}}}}')
    shown = {tier: dressed(BLANK, load_texts("en", file, tier=tier), tier)["title"][0] for tier in TIERS}
    assert shown == {"kid": "Nothing on", "buck": "No Programming Today", "goat": "No Programming Today"}
    kid = load_texts("en", file, tier="kid")
    assert kid.words.titles.pre == load_texts().words.titles.pre


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('languages: {en: {titles: {post: "{titel} has ended"}}}',
         r"en\.titles\.post: \{titel\} is not a field of a template; there are date, facts, sub_title, time"),
        ('languages: {en: {tiers: {kid: {titles: {idle: "{oops}"}}}}}', r"en\.tiers\.kid\.titles\.idle: .oops"),
        ('languages: {en: {titles: {post: "{title"}}}', r"en\.titles\.post: .*"),
        ('languages: {en: {titles: {post: ""}}}', r"en\.titles\.post: a template must not be empty"),
        ('languages: {en: {titles: {post: "{title:>3}"}}}', r"en\.titles\.post: \{title\} is not a field"),
        ('languages: {en: {titles: {post: "{} has ended"}}}', r"en\.titles\.post: \{\} is not a field"),
        ("languages: {en: {titles: {posts: x}}}", r"en\.titles\.posts: "),
        ("languages: {en: {tiers: {gold: {}}}}", r"en\.tiers\.gold"),
        ('languages: {en: {date: "%Q"}}', r'en\.date: "%Q" is not a pattern for strftime'),
        ("languages: {en: {weekdays: [Mo, Tu]}}", r"en\.weekdays: "),
        ("languages: {nl: {titles: {pre: Straks}}}", r"nl\.titles\.live: Field required"),
        ("languages: [en]", r"languages"),
        ("- en", r"texts by language are expected"),
        ("titles: {post: x}", r'texts "titles": '),
    ],
)  # fmt: skip
def test_what_could_not_be_filled_is_refused_with_its_place(tmp_path, text, says):
    file = own(tmp_path, text)
    with pytest.raises(ConfigError, match=rf"^{file}: .*{says}.*"):
        load_texts("en", file)


def test_a_missing_file_is_an_error_and_an_empty_one_changes_nothing(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.yaml can't be read: No such file"):
        load_texts("en", tmp_path / "none.yaml")
    assert load_texts("en", own(tmp_path, "# nothing yet\n")) == load_texts("en")


def test_a_changed_file_is_read_again_by_a_running_process(tmp_path):
    file = own(tmp_path, 'languages: {en: {titles: {post: "That was {title}"}}}')
    assert load_texts("en", file).words.titles.post == "That was {title}"
    own(tmp_path, 'languages: {en: {titles: {post: "{title}, over"}}}')
    assert load_texts("en", file).words.titles.post == "{title}, over"
    own(tmp_path, 'languages: {en: {titles: {post: "{titel}"}}}')
    with pytest.raises(ConfigError, match=r"titel"):
        load_texts("en", file)


def test_an_unknown_language_is_named_with_those_there_are():
    with pytest.raises(ConfigError, match=r"config/texts\.yaml: no language 'xx'; there are de, en, es, fr"):
        load_texts("xx")
