"""Debian's xmltv-util as a judge of guides, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

DTD = Path("/usr/share/xmltv/xmltv.dtd")
needs_xmltv_util = pytest.mark.skipif(
    not (DTD.exists() and shutil.which("tv_validate_file") and shutil.which("tv_sort")),
    reason="the DTD and its tools: apt-get install xmltv-util",
)


def assert_fits_the_dtd(root: etree._Element) -> None:
    dtd = etree.DTD(str(DTD))
    assert dtd.validate(root), dtd.error_log


def assert_tools_are_silent(guide: Path, folder: Path) -> None:
    """tv_validate_file accepts the guide, and tv_sort finds no overlap and changes no element; its file goes there."""
    judged = _run("tv_validate_file", "--dtd-file", DTD, guide)
    assert (judged.returncode, judged.stdout.strip(), judged.stderr) == (0, "Validated ok.", "")
    after = folder / "sorted.xml"
    judged = _run("tv_sort", "--by-channel", "--output", after, guide)
    assert (judged.returncode, judged.stderr) == (0, "")  # it exits 0 even when it warns
    assert _elements(after) == _elements(guide)


def _run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


def _elements(guide: Path) -> Counter[bytes]:
    """Every channel and programme with all that is in it, in one way of writing."""
    root = etree.parse(guide).getroot()
    for part in root.iter():
        part.tail, part.text = None, (part.text or "").strip() or None
    return Counter(etree.tostring(element, method="c14n") for element in root)
