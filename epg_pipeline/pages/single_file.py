"""A page in one file: its template, style, script and rows put together so that it asks nobody for anything.

Belongs here: filling templates, the page's policy, writing rows so that they can't end their script. Does not: what a
page tells (page.py, report_page.py), its looks and behaviour (the templates).
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files


def one_file(page: str, rows: object, fields: dict[str, str]) -> str:
    """The HTML of a page, from what all pages share and templates/<page>.html (its title is line 1), .css and .js.

    `rows` is what its script works on, in the element #rows-of-page as JSON. `fields` fill the template's %NAMES% and
    are HTML already: escape what comes from outside. Its policy forbids every request, and all scripts and styles but
    its own.
    """
    script, style, html = (_template(f"shared.{kind}") for kind in ("js", "css", "html"))
    script, style = script + _template(f"{page}.js"), style + _template(f"{page}.css")
    held = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    every = fields | {
        "POLICY": escape(_policy(script, style)),
        "STYLE": style,
        "SCRIPT": script,
        "ROWS": held.replace("<", "\\u003c"),  # only "<" could end the script element early
    }
    title, _, body = _template(f"{page}.html").partition("\n")
    template = html.replace("%TITLE%", title).replace("%BODY%", body.rstrip())
    return re.sub(r"%([A-Z]+)%", lambda place: every[place[1]], template)


def _policy(script: str, style: str) -> str:
    script_digest, style_digest = (b64encode(sha256(text.encode()).digest()).decode() for text in (script, style))
    return (
        f"default-src 'none'; script-src 'sha256-{script_digest}'; style-src 'sha256-{style_digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _template(name: str) -> str:
    return files("epg_pipeline.pages").joinpath(f"templates/{name}").read_text("utf-8")
