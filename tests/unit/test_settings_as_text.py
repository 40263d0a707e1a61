"""A provider's settings as words on a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from epg_pipeline.config.provider_settings import ProviderSettings
from epg_pipeline.config.settings_as_text import as_text, changed_settings, described_settings
from epg_pipeline.errors import ConfigError


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
        ("minutes=nba", 'setting minutes: "nba" is not a pair'),
        ("minutes=nba=long", "setting minutes.nba=long"),
        ("testing=perhaps", "setting testing=perhaps"),
        ("testing", '"testing" is not a setting: write testing=VALUE'),
        ("tsting", 'Did you mean "testing"'),
    ],
)
def test_what_can_not_be_is_told_with_the_key_the_value_and_what_is_allowed(word, says):
    with pytest.raises(ConfigError, match=says):
        changed_settings({}, [word], [], "My TV")
    with pytest.raises(ConfigError, match="unknown setting"):
        changed_settings({}, [], ["colour"], "My TV")


def test_the_help_tells_of_every_setting_with_its_default():
    told = dict(described_settings())
    assert len(told) == len(ProviderSettings.model_fields)
    assert told["clock=zone|12|24"].endswith("(default: zone)")
    assert "(default: no)" in told["testing=yes|no"]
    assert "(default: none)" in told["minutes=NAME=NUMBER,…"]


def test_the_docs_tell_of_every_setting():
    told = (Path(__file__).parents[2] / "docs" / "providers.md").read_text("utf-8")
    assert [key for key in ProviderSettings.model_fields if f"`{key}`" not in told] == []
