"""Texts of the project use the words that other engineers use: each pattern here has a better wording.

All tracked text files are read, with two exceptions: migrations that are applied somewhere already (their checksum is
on record, so that even a comment in them can't change), and data (playlists, events, locks), whose words are not ours.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = {".py", ".sql", ".yaml", ".yml", ".html", ".md", ".toml", ".css", ".js", ".sh", ""}
EXCLUDED = ("sql/migrations/", "tests/unit/test_plain_english.py", "LICENSE", "tests/clients/package-lock.json")
# Words between "for" and a verb; a relative clause ("for those who know it") states no cause.
_WORDS = r"(?:(?!(?:that|which|who|whose|where|when|with|each|how|and|or)\b)[\w'-]+ ){1,4}?"
_VERBS = (
    r"(?:is|are|was|were|has|have|had|may|can|can't|could|would|will|must|loses?|takes?|costs?|needs?|knows?|means?"
    r"|does|do|did|stands?|computes?|keeps?|holds?|comes?|lies?)"
)
PATTERNS = {
    r"(?<![a-z])(?:tol[d]|tellin[g])(?![a-z])|\btells?\b of\b": "says, reports, describes; as names: output, message",
    r"(?<![a-z])ane[w](?![a-z])": "again",
    r"\bmen[d](?:s|ed|ing)?\b": "fix, repair",
    r"\bwon[t]\b": "usual",
    r"\b(?:is|are|was|were) no [a-z]": "is not a …; no longer …",
    r"\bof (?:one's|your|its|their|our|his|my) own\b": "your own …, its own …",
    r"\blet alone\b": "much less; or leave it out",
    rf", for {_WORDS}{_VERBS}\b": "because …; since …",
}


def texts() -> dict[str, str]:
    """Every tracked text file by its path."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout of git")
    paths = [ROOT / line for line in listed.stdout.splitlines() if not line.startswith(EXCLUDED)]
    wanted = [path for path in paths if path.suffix in KINDS and path.is_file()]
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in wanted}


@pytest.fixture(scope="module")
def files():
    return texts()


def faults(text: str, pattern: str) -> list[tuple[int, str]]:
    """Line numbers and lines in which a pattern begins; it may run on into the next line."""
    lines = text.splitlines()
    joined = re.sub(r"\n[ \t]*(?:#|--|//)?[ \t]*", lambda found: " " * len(found[0]), text)
    return [
        (number := text.count("\n", 0, found.start()) + 1, lines[number - 1].strip())
        for found in re.finditer(pattern.replace(" ", r"\s+"), joined, re.IGNORECASE)
    ]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_wording_has_a_plainer_one(files, pattern):
    found = [f"{path}:{number}: {line}" for path, text in files.items() for number, line in faults(text, pattern)]
    assert found == [], f"write instead: {PATTERNS[pattern]}"


@pytest.mark.parametrize(
    ("text", "is_fault"),
    [
        ("It is " + "no address.", True),
        ("it is " + "no longer read", True),
        ("It waits, for the file may change.", True),
        ("imported here, for it takes\n    # a fifth of a second", True),
        ("read again, for an eager expression computes each", True),
        ("A new guide, for that provider and day alone.", False),
        ("It serves programs, for those who know how.", False),
        ("uploads again what stands published, for a new bucket", False),
        ("a table of its " + "own", True),
        ("its own table", False),
    ],
)
def test_what_counts_as_such_a_wording(text, is_fault):
    assert any(faults(text, pattern) for pattern in PATTERNS) == is_fault
