"""Output of every command: progress, tables, errors.

Belongs here: the two consoles (results on stdout, the rest on stderr) and how an error is printed. Does not
belong: any command. Rich is imported only when something is shown: `epg --help` must not wait for it.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from epg_pipeline.errors import EpgError, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.progress import Progress


def results() -> Console:
    """Where a command's result goes."""
    from rich.console import Console

    # In a file or a pipe a table has the room it needs: the 80 columns rich assumes would break numbers in two.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def say(text: str = "") -> None:
    """A line to the user that is not the result: on stderr, so that a pipe gets the result alone."""
    from rich.console import Console

    Console(stderr=True, highlight=False).print(text, markup=False, soft_wrap=True)


def fail(problem: str | BaseException, about: str = "") -> None:
    """Why a command could not do its work, and the remedy on the next line where the error has one.

    `about` is put in front, e.g. "My TV is not published: ". Errors that nobody foresaw come with their type.
    """
    if isinstance(problem, EpgError):
        text, remedy = problem.message, problem.remedy
    elif isinstance(problem, BaseException):
        text, remedy = f"{one_line(problem)} (unexpected)", "--debug shows where it came from."
    else:
        text, remedy = problem, ""
    sys.stderr.write(f"epg: {about}{text}\n" + (f"     → {remedy}\n" if remedy else ""))


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on stdout; numbers are aligned right, None is a dash."""
    from rich.table import Table

    shown = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for position, column in enumerate(columns):
        numeric = rows and all(isinstance(row[position], (int, float, type(None))) for row in rows)
        shown.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(_cell(value) for value in row))
    results().print(shown)


def facts(title: str, rows: Sequence[tuple[str, object]]) -> None:
    """A table of names and values about one subject."""
    from rich.table import Table

    shown = Table(title=title, title_justify="left", title_style="bold", show_header=False)
    shown.add_column(style="dim")
    shown.add_column(justify="right")
    for what, value in rows:
        shown.add_row(what, _cell(value))
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


class Progressed:
    """The steps of a long command as they run: a progress bar on a terminal, a line for each step elsewhere."""

    def __init__(self, total: int) -> None:
        """`total` is the number of steps."""
        self._total = total
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        """Show the bar, on a terminal."""
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._progress.add_task("", total=self._total)
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the bar."""
        if self._progress:
            self._progress.stop()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One step: its name as it begins, its duration when it ends."""
        began = time.monotonic()
        if self._progress:
            self._progress.update(self._task, description=what)
        yield
        took = f"{what}: {time.monotonic() - began:.1f} s"
        if self._progress:
            self._progress.update(self._task, advance=1)
            self._progress.console.print(took, markup=False, highlight=False)
        else:
            sys.stderr.write(f"{took}\n")
            sys.stderr.flush()
