"""A page in one file: its template, style, script and rows put together so that it makes no request.

Belongs here: the template environment, the page's policy, writing rows so that they can't end their script. Does not
belong: what a page says (guide_page.py, report_page.py, start_page.py), its looks and behaviour (templates/).
"""

import json
from base64 import b64encode
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader
from markupsafe import Markup


def single_file(page: str, rows: object, **fields: object) -> str:
    """The HTML of a page from templates/<page>.html, which extends shared.html, with its .css and .js inside.

    `rows` is what its script works on, in the element #rows-of-page as JSON; `fields` are the template's, escaped where
    they are printed. The policy forbids every request, and all scripts and styles but the page's own.
    """
    script, style = ("".join(_text(f"{name}.{kind}") for name in ("shared", page)) for kind in ("js", "css"))
    held = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return _environment().get_template(f"{page}.html").render(
        policy=_policy(script, style),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        rows=Markup(held.replace("<", "\\u003c")),  # noqa: S704 - only "<" could end the script element early
        **fields,
    )  # fmt: skip


def long_date(day: date) -> str:
    """As in Tue, Dec 1, 2026."""
    return f"{day:%a, %b} {day.day}, {day.year}"


def short_date(day: date) -> str:
    """As in Dec 1."""
    return f"{day:%b} {day.day}"


def percent(share: float | None) -> str:
    """A share of 0 to 1 in whole percent; a dash for None."""
    return "–" if share is None else f"{100 * share:.0f} %"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("epg_pipeline.pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "number": lambda count: f"{count:,}", "percent": percent, "long_date": long_date, "short_date": short_date,
        "tenth": lambda value: f"{value:.1f}",
    }  # fmt: skip
    return environment


@cache
def _text(name: str) -> str:
    return files("epg_pipeline.pages").joinpath(f"templates/{name}").read_text("utf-8")


def _policy(script: str, style: str) -> str:
    hashes = (b64encode(sha256(text.encode()).digest()).decode() for text in (script, style))
    return (
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'".format(
            *hashes
        )
    )
