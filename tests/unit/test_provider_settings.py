"""What may be set for one provider."""

from __future__ import annotations

import pytest

from epg_pipeline.config.provider_settings import Edition, edition_of, provider_settings
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
