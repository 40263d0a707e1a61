"""Output of every command: progress, tables, errors.

Belongs here: the two consoles (results on stdout, the rest on stderr) and how an error is printed. Does not
belong: any command. Rich is imported only when something is shown: `epg --help` must not wait for it.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from epg_pipeline.errors import EpgError, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from epg_pipeline.flows.progress import Step


def results() -> Console:
    """Where a command's result goes."""
    from rich.console import Console

    # In a file or a pipe a table has the room it needs: the 80 columns rich assumes would break numbers in two.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def say(text: str = "") -> None:
    """A line to the user that is not the result: on stderr, so that a pipe gets the result alone."""
    from rich.console import Console

    Console(stderr=True, highlight=False).print(text, markup=False, soft_wrap=True)


def say_first(lines: Sequence[object], limit: int, rest: str) -> None:
    """The first lines of a long list on stderr, and how many more there are: `rest` names them, e.g. "more faults"."""
    for line in lines[:limit]:
        say(str(line))
    if len(lines) > limit:
        say(f"… and {len(lines) - limit} {rest}")


def say_left_out(faults: Sequence[str]) -> None:
    """The first faulty lines of a file, and how many more there are."""
    say_first([f"left out: {fault}" for fault in faults], 5, "more lines left out")


def fail(problem: str | BaseException, about: str = "") -> None:
    """Print why a command failed, and the remedy on the next line where the error has one.

    `about` is put in front, e.g. "My TV is not published: ". Unexpected errors are printed with their type.
    """
    if isinstance(problem, EpgError):
        text, remedy = problem.message, problem.remedy
    elif isinstance(problem, BaseException):
        text, remedy = f"{one_line(problem)} (unexpected)", "--debug shows where it came from."
    else:
        text, remedy = problem, ""
    sys.stderr.write(f"epg: {about}{text}\n" + (f"     → {remedy}\n" if remedy else ""))


def table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], limit: int | None = None, rest: str = "more"
) -> None:
    """A table on stdout; numbers are aligned right, None is a dash. Of more than `limit` rows the first are shown."""
    from rich.table import Table

    shown = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for position, column in enumerate(columns):
        numeric = rows and all(isinstance(row[position], (int, float, type(None))) for row in rows)
        shown.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows[:limit]:
        shown.add_row(*(_cell(value) for value in row))
    results().print(shown)
    if limit and len(rows) > limit:
        say(f"… and {len(rows) - limit} {rest}")


def facts(title: str, rows: Sequence[tuple[str, object]]) -> None:
    """A table of names and values about one subject."""
    from rich.table import Table

    shown = Table(title=title, title_justify="left", title_style="bold", show_header=False)
    shown.add_column(style="dim")
    shown.add_column(justify="right")
    for name, value in rows:
        shown.add_row(name, _cell(value))
    results().print(shown)


def _cell(value: object) -> str:
    from rich.markup import escape

    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.1f}" if isinstance(value, float) else escape(str(value))


@contextmanager
def progress(total: int) -> Iterator[Step]:
    """Show the steps of a long command: a bar on a terminal, and everywhere a line for each step that is done.

    The block gets the context manager to run each of its `total` steps in.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=total)

        @contextmanager
        def step(name: str, /) -> Iterator[None]:
            bar.update(task, description=name)
            began = time.monotonic()
            yield
            bar.advance(task)
            console.print(f"{name}: {time.monotonic() - began:.1f} s", markup=False, soft_wrap=True)

        yield step
