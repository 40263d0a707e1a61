"""What the pages for developers name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
STEPS = re.findall(
    r"^\| [^|]+ \| `(epg_pipeline/\S+\.py)` \| `(\w+)` \| `(tests/\S+\.py)` \|$", ARCHITECTURE, re.MULTILINE
)


def test_the_path_of_a_name_has_its_steps():
    assert len(STEPS) >= 15


@pytest.mark.parametrize(("module", "function", "test"), STEPS, ids=lambda text: text.rpartition("/")[2])
def test_a_step_names_a_function_and_a_test_that_are_there(module, function, test):
    assert re.search(rf"^def {function}\(", (ROOT / module).read_text("utf-8"), re.MULTILINE)
    assert (ROOT / test).is_file()


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/glossary.md", "CONTRIBUTING.md", "README.md"])
def test_a_path_named_in_a_page_is_there(page):
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"`((?:epg_pipeline|tests|sql|docs|deploy)/[\w./-]+)`", text)
    assert [path for path in named if not (ROOT / path).exists() and "NNNN" not in path] == []


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))]
)
def test_a_link_between_pages_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text("utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
