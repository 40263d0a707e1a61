"""What the pages for developers name is there."""

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


PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "deploy/README.md"]
PAGES += [f"docs/{path.name}" for path in sorted(ROOT.glob("docs/*.md"))]
# Pages name modules from here when they leave the package out.
FOLDERS = ("", "epg_pipeline/", "epg_pipeline/domain/", "epg_pipeline/adapters/web/", "deploy/", "tests/")


def is_there(path: str) -> bool:
    return any((ROOT / folder / path).exists() for folder in FOLDERS)


@pytest.mark.parametrize("page", PAGES)
def test_a_path_named_in_a_page_is_there(page):
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"`((?:epg_pipeline|tests|sql|docs|deploy)/[\w./-]+|[\w./-]+\.py)`", text)
    assert [path for path in named if not is_there(path) and "NNNN" not in path] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_link_between_pages_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text("utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
