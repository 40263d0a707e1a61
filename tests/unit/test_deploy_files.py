"""The files of deploy/: what of them can be checked without a container engine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from epg_pipeline.cli.app import app

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def _commands() -> dict[str, list[str]]:
    """Each way `epg` is started, by file."""
    container = re.search(r"^CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    unit = re.search(r"^ExecStart=(.*)$", (DEPLOY / "epg.service").read_text(), re.MULTILINE)
    return {"Containerfile": yaml.safe_load(container[1]), "epg.service": unit[1].split()}


@pytest.mark.parametrize("file", ["Containerfile", "epg.service"])
def test_epg_is_started_with_options_it_has(file):
    program, command, *options = _commands()[file]
    assert Path(program).name == "epg"
    known = {name for parameter in get_command(app).commands[command].params for name in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= known


def test_the_image_takes_from_the_repository_what_there_is():
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    taken = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert [name for name in taken if not (ROOT / name).exists()] == []
    packed = re.findall(r'^"([^"]+)" = "epg_pipeline/_', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert set(packed) <= set(taken)


def test_the_composition_builds_that_image_and_shows_dagster_to_this_machine_alone():
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    service = composed["services"]["epg"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).samefile(DEPLOY / "Containerfile")
    assert [port for port in service["ports"] if port.endswith(":3000")] == ["127.0.0.1:3000:3000"]
    assert {volume.split(":")[0] for volume in service["volumes"]} == set(composed["volumes"])


def test_the_instance_of_several_machines_is_ours_with_a_launcher():
    joined = (ROOT / "dagster.yaml").read_text() + (DEPLOY / "celery" / "run_launcher.yaml").read_text()
    assert set(yaml.safe_load(joined)) == {*yaml.safe_load((ROOT / "dagster.yaml").read_text()), "run_launcher"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine")
def test_systemd_takes_the_unit(tmp_path):
    unit = tmp_path / "epg.service"  # with a program that is there
    unit.write_text((DEPLOY / "epg.service").read_text().replace("/opt/epg/.venv/bin/epg", sys.executable))
    ran = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_links_and_files_that_the_recipes_name_exist():
    text = (DEPLOY / "README.md").read_text()
    assert [name for name in re.findall(r"\]\(([\w./]+)\)", text) if not (DEPLOY / name).exists()] == []
    assert [name for name in re.findall(r"/opt/epg/([\w./]+)", text) if not (ROOT / name).exists()] == []
