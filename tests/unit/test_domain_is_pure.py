"""The domain computes: it reads no clock and writes nothing. What it may import, test_contracts.py proves."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

DOMAIN = Path(__file__).parents[2] / "epg_pipeline" / "domain"
MODULES = sorted(DOMAIN.rglob("*.py"))
BANNED_CALLS = {"now", "utcnow", "today", "open", "print", "input", "getenv", "monotonic", "perf_counter", "time_ns"}


def called(tree: ast.AST) -> set[str]:
    """The last names of all that a module calls."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls}


def test_there_is_a_domain_to_look_at():
    assert {"decide", "entries", "playlist", "times"} <= {module.stem for module in MODULES}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_domain_module_reads_no_clock_and_writes_nothing(module):
    assert called(ast.parse(module.read_text("utf-8"))) & BANNED_CALLS == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_domain_module_uses_no_private_name_of_a_sibling(module):
    tree = ast.parse(module.read_text("utf-8"))
    private = [
        name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("epg_pipeline")
        for name in node.names
        if name.name.startswith("_")
    ]
    assert private == []
