"""The contracts of pyproject.toml refuse what they are there to refuse: imports are planted, and each must be found."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "epg_pipeline"
KINDS = {"layers": LayersContract, "forbidden": ForbiddenContract}

# Importer and imported, below epg_pipeline unless it is another package.
UPWARDS = [
    ("errors", "config"),
    ("errors", "settings"),
    ("config", "settings"),
    ("config", "domain"),
    ("settings", "domain"),
    ("settings", "adapters"),
    ("domain", "adapters"),
    ("domain", "flows"),
    ("adapters", "pages"),
    ("adapters", "flows"),
    ("pages", "flows"),
    ("flows", "operations"),
    ("flows", "serve"),
    ("flows", "cli"),
    ("flows", "orchestration"),
    ("operations", "serve"),
    ("operations", "cli"),
    ("serve", "demo"),
    ("serve", "orchestration"),
    ("demo", "operations"),
    ("demo", "cli"),
    ("cli", "orchestration"),
    ("cli", "definitions"),
    ("orchestration", "cli"),
    ("orchestration", "definitions"),
]
INSIDE_THE_DOMAIN = [
    ("domain.reading", "domain.events"),
    ("domain.reading", "domain.matching"),
    ("domain.reading", "domain.guide"),
    ("domain.events", "domain.reading"),
    ("domain.events", "domain.matching"),
    ("domain.matching", "domain.guide"),
    ("domain.teams", "domain.reading"),
    ("domain.text", "domain.teams"),
    ("domain.frames", "domain.text"),
    ("domain.day", "domain.frames"),
]
IMPURE = [
    (f"domain{part}", module)
    for part in ("", ".reading", ".matching", ".events", ".guide", ".frames", ".day", ".text", ".teams")
    for module in ("dagster", "psycopg", "httpx", "boto3", "os", "time", "random", "logging", "subprocess")
]
OF_THE_EMBEDDED_SERVER = [
    ("adapters.embedded_postgres", name)
    for name in ("adapters.store", "adapters.web", "adapters.delivery", "domain", "config", "settings")
]
PACKAGES = sorted(path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())
DAGSTER = [(name, "dagster") for name in PACKAGES if name not in ("__init__", "definitions", "orchestration")]
PLANTED = [*UPWARDS, *INSIDE_THE_DOMAIN, *IMPURE, *OF_THE_EMBEDDED_SERVER, *DAGSTER]


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("epg_pipeline", include_external_packages=True, cache_dir=None)


@pytest.fixture(scope="module")
def contracts():
    found = read_configuration(str(ROOT / "pyproject.toml"))
    return [
        KINDS[options["type"]](options["name"], found["session_options"], options)
        for options in found["contracts_options"]
    ]


def module(name: str) -> str:
    return name if name in sys.stdlib_module_names or not is_own(name) else f"epg_pipeline.{name}"


def is_own(name: str) -> bool:
    path = PACKAGE.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def broken(graph, contracts) -> set[str]:
    return {contract.name for contract in contracts if not contract.check(graph, verbose=False).kept}


def with_import(graph, importer: str, imported: str):
    planted = copy.deepcopy(graph)
    target = module(imported)
    if target not in planted.modules:
        planted.add_module(target, is_squashed=True)
    planted.add_import(importer=module(importer), imported=target)
    return planted


def test_every_contract_holds_and_the_packages_named_here_exist(graph, contracts):
    assert broken(graph, contracts) == set()
    own = {importer for importer, _ in PLANTED} | {name for _, name in UPWARDS + INSIDE_THE_DOMAIN}
    assert {name for name in own if module(name) not in graph.modules} == set()


def test_every_package_and_every_part_of_the_domain_has_a_forbidden_import_to_plant():
    parts = {f"domain.{path.stem}" for path in (PACKAGE / "domain").iterdir() if path.stem.strip("_") == path.stem}
    assert set(PACKAGES) - {"__init__", "definitions"} <= {importer for importer, _ in PLANTED}
    assert parts - {"domain.__init__"} <= {importer for importer, _ in PLANTED}


@pytest.mark.parametrize(("importer", "imported"), PLANTED, ids=lambda name: name)
def test_a_planted_import_breaks_a_contract(graph, contracts, importer, imported):
    assert broken(with_import(graph, importer, imported), contracts)


def test_the_command_that_make_lint_runs_names_every_broken_contract(tmp_path, contracts):
    """One copy of the package with several planted imports, checked by the command line as `make lint` does."""
    copied = tmp_path / "epg_pipeline"
    shutil.copytree(PACKAGE, copied, ignore=lambda folder, names: [
        name for name in names if not name.endswith(".py") and not Path(folder, name).is_dir()
    ])  # fmt: skip
    for importer, imported in (
        ("errors", "settings"), ("domain.reading", "domain.guide"), ("domain", "os"), ("flows", "dagster"),
        ("adapters.embedded_postgres", "adapters.store"),
    ):  # fmt: skip
        path = copied.joinpath(*importer.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        file.write_text(f"{file.read_text('utf-8')}\nimport {module(imported)}\n", "utf-8")
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path), "COLUMNS": "300"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert [contract.name for contract in contracts if f"{contract.name} BROKEN" not in ran.stdout] == []


@pytest.mark.parametrize(
    "line",
    [
        "day = datetime.now(UTC)",
        "day = datetime.today()",
        "day = date.today()",
        "now = time.time()",
        'zone = os.environ["TZ"]',
        'zone = os.getenv("TZ")',
    ],
)
@pytest.mark.parametrize("folder", ["domain/reading", "flows", "pages", "adapters/store", "orchestration"])
def test_ruff_refuses_the_clock_and_the_environment(folder, line):
    source = f"import os\nimport time\nfrom datetime import UTC, date, datetime\n\n{line}\n"
    ruff = [Path(sys.executable).with_name("ruff"), "check", "--select", "TID251"]
    ran = subprocess.run(
        [*ruff, "--stdin-filename", PACKAGE / folder / "planted.py", "-"],
        input=source, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "TID251" in ran.stdout
