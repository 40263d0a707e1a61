"""The shape of the code: no cycle of imports, no long module, few files at the root of the package."""

from __future__ import annotations

from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

PACKAGE = Path(__file__).parents[2] / "epg_pipeline"
MAX_LINES = 400
MAX_ROOT_FILES = 4


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("epg_pipeline", cache_dir=None)


def package_of(module: str, levels: int) -> str:
    """The package at that depth, or the module itself where it lies above."""
    return ".".join(module.split(".")[:levels])


@pytest.mark.parametrize("levels", [2, 3, 9], ids=["packages", "their parts", "modules"])
def test_no_imports_go_in_a_circle(graph, levels):
    imports: dict[str, set[str]] = {}
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            inner, outer = package_of(imported, levels), package_of(importer, levels)
            # A package's own __init__ gathers what its modules offer; only arrows between different parts count.
            if inner != outer and not inner.startswith(f"{outer}.") and not outer.startswith(f"{inner}."):
                imports.setdefault(outer, set()).add(inner)
    list(TopologicalSorter(imports).static_order())  # CycleError names the circle


def test_no_module_is_long():
    lines = {path: path.read_text("utf-8").count("\n") for path in PACKAGE.rglob("*.py")}
    assert {str(path.relative_to(PACKAGE)): count for path, count in lines.items() if count > MAX_LINES} == {}


def test_the_root_of_the_package_has_few_files():
    assert len(list(PACKAGE.glob("*.py"))) <= MAX_ROOT_FILES
