"""Settings: what the environment says, and what holds when it says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from environment import settings_of

from epg_pipeline.errors import SettingsError
from epg_pipeline.settings import settings_table, variables


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_working_copys_home_is_used_and_its_guides_lie_beside_it(tmp_path):
    (tmp_path / ".epg").mkdir()
    settings = settings_of({})
    assert settings.home == tmp_path / ".epg"
    assert settings.dist == tmp_path / "dist"


def test_another_home_holds_its_guides_itself(tmp_path):
    settings = settings_of({"EPG_HOME": "elsewhere"})
    assert settings.home == tmp_path / "elsewhere"
    assert settings.dist == tmp_path / "elsewhere" / "dist"


def test_without_any_hint_the_system_says_where(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert settings_of({}).home == Path("/var/lib/epg-pipeline")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert settings_of({}).home.name == "epg-pipeline"
    assert settings_of({}).home.is_absolute()


def test_an_empty_variable_counts_as_unset():
    settings = settings_of({"EPG_HOME": "h", "EPG_DATABASE_URL": "", "EPG_EVENTS_FILE": ""})
    assert settings.database_url is None
    assert settings.events_file is None


def test_every_variable_is_read(tmp_path):
    settings = settings_of(
        {
            "EPG_HOME": "h",
            "EPG_DIST": "~/guides",
            "EPG_DATABASE_URL": "postgresql://u:p@h/d",
            "EPG_SECRET_KEY": "key",
            "EPG_EVENTS_FILE": "e.jsonl",
            "EPG_GUIDE_URL": "https://tv.example/",
        }
    )
    assert settings.dist == Path.home() / "guides"
    assert settings.database_url == "postgresql://u:p@h/d"
    assert settings.secret_key_text == "key"
    assert settings.events_file == tmp_path / "e.jsonl"
    assert settings.guide_url == "https://tv.example"


def test_secrets_do_not_show():
    settings = settings_of({"EPG_HOME": "h", "EPG_DATABASE_URL": "postgresql://u:hunter2@h/d", "EPG_SECRET_KEY": "kkk"})
    assert "hunter2" not in repr(settings)
    assert "kkk" not in repr(settings)


def test_nothing_is_created(tmp_path):
    settings_of({"EPG_HOME": "h"})
    assert list(tmp_path.iterdir()) == []


def test_the_readme_has_the_table_of_the_schema():
    assert settings_table() in (Path(__file__).parents[2] / "README.md").read_text()


def test_every_variable_has_a_help_text_and_one_name():
    names = [variable.name for variable in variables()]
    assert len(set(names)) == len(names) > 25
    assert all(variable.help.endswith(".") or variable.help.endswith("`.") for variable in variables())


def test_a_wrong_value_is_named_and_not_quoted():
    with pytest.raises(SettingsError, match=r"^EPG_KEEP_RUNS_DAYS: ") as fault:
        settings_of({"EPG_KEEP_RUNS_DAYS": "hunter2"})
    assert "hunter2" not in str(fault.value)
