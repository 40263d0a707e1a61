"""What may be set for one provider, and how its settings are written on a command line."""

from pathlib import Path

import pytest

from epg_pipeline.config.provider_settings import (
    Edition,
    ProviderSettings,
    as_text,
    changed_settings,
    described_settings,
    edition_of,
    provider_settings,
)
from epg_pipeline.errors import ConfigError


def test_what_is_not_stated_has_its_default():
    assert provider_settings({}, "My TV").days_after == 2
    assert provider_settings({"days_after": 4}, "My TV").days_after == 4


@pytest.mark.parametrize(
    ("text", "edition", "folder"),
    [
        ("kid", Edition("kid"), "kid"),
        ("goat@Europe/London", Edition("goat", "Europe/London"), "goat-europe-london"),
        ("buck@Etc/GMT+5", Edition("buck", "Etc/GMT+5"), "buck-etc-gmt+5"),
    ],
)
def test_an_edition_is_a_tier_and_perhaps_a_zone(text, edition, folder):
    assert edition_of(text) == edition
    assert edition.folder == folder


@pytest.mark.parametrize("text", ["gold", "", "kid@", "kid@Nowhere/Land", "kid@localtime", "@UTC"])
def test_what_is_no_edition_is_refused(text):
    with pytest.raises(ValueError, match=r"is not a tier|is not a time zone|names no zone"):
        edition_of(text)


@pytest.mark.parametrize(
    ("stated", "named"),
    [
        ({"most_lost": 2}, "most_lost"),
        ({"editions": ["gold"]}, "gold"),
        ({"minutes": {"nba": 0}}, "minutes.nba"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_setting_is_named_with_its_provider(stated, named):
    with pytest.raises(ConfigError, match="My TV") as fault:
        provider_settings(stated, "My TV")
    assert named in str(fault.value)


def test_an_edition_named_twice_is_published_once():
    settings = provider_settings({"editions": ["kid", "kid", "kid@UTC"]}, "My TV")
    assert settings.further_editions == (Edition("kid"), Edition("kid", "UTC"))


@pytest.mark.parametrize(
    ("word", "key", "value"),
    [
        ("editions=kid, goat@Europe/London", "editions", ["kid", "goat@Europe/London"]),
        ("editions=none", "editions", []),
        ("minutes=nba=170,nfl=200", "minutes", {"nba": 170, "nfl": 200}),
        ("minutes=", "minutes", {}),
        ("testing=yes", "testing", True),
        ("live-marks=off", "live_marks", False),
        ("clock=24", "clock", "24"),
        ("most_lost=0.5", "most_lost", 0.5),
        ("days_after=2", "days_after", 2),  # the default, yet stated
    ],
)
def test_a_word_sets_a_value_that_json_can_hold_and_the_command_line_can_show(word, key, value):
    assert changed_settings({}, [word], [], "My TV") == {key: value}
    again = changed_settings({}, [f"{key}={as_text(value)}"], [], "My TV")
    assert again == {key: value}


def test_what_is_not_named_stays_and_what_is_unset_goes():
    stated = {"days_after": 4, "testing": True}
    assert changed_settings(stated, ["clock=12"], ["testing"], "My TV") == {"days_after": 4, "clock": "12"}
    assert stated == {"days_after": 4, "testing": True}
    assert changed_settings(stated, [], ["days_after", "testing", "clock"], "My TV") == {}


def test_a_setting_of_an_older_version_can_be_put_away():
    assert changed_settings({"colour": "red"}, [], ["colour"], "My TV") == {}


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("colour=red", 'unknown setting "colour".* There are: .*days_after'),
        ("dayz_after=2", 'Did you mean "days_after"'),
        ("days_after=9", "My TV: setting days_after=9: Input should be less than or equal to 7"),
        ("days_after=many", "setting days_after=many: Input should be a valid integer"),
        ("clock=25", "setting clock=25: Input should be 'zone', '12' or '24'"),
        ("editions=kid,gold", '=gold: "gold" is not a tier; there are kid, buck, goat'),
        ("minutes=nba", 'setting minutes=nba: "nba" is not a pair; write NAME=NUMBER'),
        ("minutes=nba=long", "setting minutes.nba=long"),
        ("testing=perhaps", "setting testing=perhaps"),
        ("testing", '"testing" is not a setting: write testing=VALUE'),
        ("tsting", 'Did you mean "testing"'),
    ],
)
def test_a_wrong_setting_is_refused_with_its_key_value_and_what_is_allowed(word, says):
    with pytest.raises(ConfigError, match=says):
        changed_settings({}, [word], [], "My TV")
    with pytest.raises(ConfigError, match="unknown setting"):
        changed_settings({}, [], ["colour"], "My TV")


def test_the_help_lists_every_setting_with_its_default():
    texts = dict(described_settings())
    assert len(texts) == len(ProviderSettings.model_fields)
    assert texts["clock=zone|12|24"].endswith("(default: zone)")
    assert "(default: no)" in texts["testing=yes|no"]
    assert "(default: none)" in texts["minutes=NAME=NUMBER,…"]


def test_the_docs_list_every_setting():
    page = (Path(__file__).parents[2] / "docs" / "providers.md").read_text("utf-8")
    assert [key for key in ProviderSettings.model_fields if f"`{key}`" not in page] == []
