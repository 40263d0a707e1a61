"""A slot's name -> its shell (family and number, which stay) and its payload (what is on, which changes).

Belongs here: the forms a shell takes, known families first, then the general grammar. Does not: what a payload says.
"""

import re
from functools import lru_cache

import polars as pl

from epg_pipeline.config import Facts, Family
from epg_pipeline.domain.text import folded, named_groups, without_tail

_COUNTRY = r"(?:[A-Z]{2,3}(?:-[A-Z]{2,3})? ?[:|] ?|[A-Z]{2,3} (?:\())?"
# Between number and payload: a colon, bar or dash, or nothing but white space.
_NUMBER = r"(?P<number>\d{1,4})"
_MARK = r"(?P<mark> ?(?:[:|]+|[-–]+(?: |$)))?"
_REST = r" ?(?P<payload>.*)$"

# US (MLS 002) | … · (Victory+ 045) | …
_IN_PARENTHESES = rf"^(?P<shell>(?:[A-Z]{{2,3}} ?)?\((?P<inner>[^()]*?) ?{_NUMBER}\))(?P<mark> ?[:|])?{_REST}"
# (Apple) (MLS) 006 | …
_BEHIND_PARENTHESES = rf"^(?P<shell>(?P<inner>(?:\([^()]+\) ?)+){_NUMBER})(?P<mark> ?[:|]){_REST}"
# Anything short, a number and a mark: PT: DAZN PPV 13 - … · LOI 8 : …
_GENERAL = rf"^(?P<shell>(?P<inner>.{{2,40}}?)[ #]*{_NUMBER})(?P<mark> ?(?:[:|]|[-–](?: |$))){_REST}"
# IT: DAZN ZONA 3 (…)
_WRAPPED = rf"^(?P<shell>(?P<inner>.{{2,40}}?)[ #]*{_NUMBER})(?P<mark>) ?\((?P<payload>[^()]*)\)$"
# #06 · #01 A vs B
_NUMBER_FIRST = rf"^(?P<shell>(?P<inner>)#{_NUMBER})(?P<mark>)(?: (?P<payload>.*))?$"
# A number alone behind a word that only slots have: LIVE EVENT 34 · UK: VIDIO EVENT 3
_SLOT_WORDS = "event|ppv|game|evento|jogo|partido|match"
_BARE = rf"(?i)^(?P<shell>(?P<inner>.*\b(?:{_SLOT_WORDS})s?) ?{_NUMBER})(?P<mark>)(?P<payload>)$"

_OPPONENTS_IN_SHELL = r"(?i) (?:vs?\.?|@|at|x) "
_CLOCK_OR_DATE_IN_SHELL = r"^\W*\d{1,2}[:.]\d\d|\d{4}-\d\d-\d*$|\d{1,2}/\d{1,2}"
_YEAR = r"^(?:19|20)\d\d$"
_GLUED_CLOCK = r"^\d\d(?:\D|$)"  # behind a colon: "NBA 7:30" has no slot 7


def cut_shells(names: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """`names` (text: repaired names) cut into shell and payload, with what config knows of the family.

    Adds family, is_known (it stands in config), shell, payload, is_marked (a mark follows the number), and the family's
    timezone, dates, family_sport, family_leagues and idle, null where not known.

    Without a shell `family` and `shell` are "" and the payload is the whole text.
    """
    found = pl.coalesce(
        *(_cut(pattern, family) for pattern, family in _known_patterns(facts.families)),
        _cut(_IN_PARENTHESES),
        _cut(_BEHIND_PARENTHESES),
        pl.when(~_is_competition(facts)).then(_cut(_GENERAL)),
        _cut(_BARE),
        _cut(_WRAPPED),
        _cut(_NUMBER_FIRST),
    )
    frame = names.with_columns(text=without_tail(pl.col("text"))).with_columns(_found=found).unnest("_found")
    frame = frame.with_columns(_key=_family_key(pl.col("inner")))
    frame = frame.join(_shell_table(facts.families), on="_key", how="left", maintain_order="left")
    frame = frame.join(family_table(facts.families), on="family", how="left", maintain_order="left")
    is_cut = pl.col("shell").is_not_null()
    return frame.with_columns(
        is_known=pl.col("family").is_not_null(),
        family=pl.coalesce("family", slot_key(pl.col("inner")), pl.lit("")),
        shell=pl.col("shell").fill_null(""),
        payload=pl.when(is_cut).then(pl.col("payload").fill_null("")).otherwise("text").str.strip_chars(),
        is_marked=pl.col("mark").fill_null("") != "",
    ).drop("_key", "inner", "mark")


def slot_key(shell: pl.Expr) -> pl.Expr:
    """The stable key of a slot from its shell, or a family from the part before the number: without marks."""
    return shell.str.replace_all(r"[|:()#]+", " ").str.replace_all(r"\s+", " ").str.strip_chars(" -–")


def _cut(pattern: str, family: str | None = None) -> pl.Expr:
    """What a shell pattern finds, null where it finds nothing or takes a pair of opponents or a clock for a shell.

    A family's own pattern names its family, whatever the shell looks like.
    """
    text = pl.col("text")
    groups = named_groups(text, pattern, "shell", "inner", "number", "mark", "payload")
    shell, inner, mark = groups["shell"], groups["inner"], groups["mark"]
    behind = text.str.slice(shell.str.len_chars() + mark.fill_null("").str.len_chars(), 3)
    is_wrong = pl.any_horizontal(
        shell.str.contains(_OPPONENTS_IN_SHELL),
        shell.str.contains(_CLOCK_OR_DATE_IN_SHELL),
        mark.str.ends_with(":") & behind.str.contains(_GLUED_CLOCK),
        groups["number"].str.contains(_YEAR),
        inner.str.ends_with("'"),  # Le Mans '66 - …: not slot 66
    )
    parts = pl.struct(
        shell=shell,
        inner=pl.lit(family) if family else pl.coalesce(inner, shell),
        mark=mark if "<mark>" in pattern else pl.lit("|"),
        payload=groups["payload"],
    )
    return pl.when(shell.is_not_null() & ~is_wrong.fill_null(value=False)).then(parts)


def _known_patterns(families: tuple[Family, ...]) -> list[tuple[str, str | None]]:
    """One pattern for all literal shells, longest first, and each family's own patterns before it, with its name."""
    patterns: list[tuple[str, str | None]] = [
        (pattern, family.name) for family in families for pattern in family.patterns
    ]
    shells = sorted({_words(shell) for family in families for shell in family.shells}, key=len, reverse=True)
    literal = "|".join(r"[ |:]*".join(re.escape(word) for word in shell.split()) for shell in shells)
    any_shell = rf"(?i)^(?P<shell>{_COUNTRY}(?P<inner>{literal})[ |:#(-]*{_NUMBER}\b\)?){_MARK}{_REST}"
    return [*patterns, (any_shell, None)]


def _words(shell: str) -> str:
    return " ".join(re.sub(r"[|:]", " ", shell).split())


@lru_cache(maxsize=8)
def family_table(families: tuple[Family, ...]) -> pl.DataFrame:
    """One row a family: family (its name), timezone, dates, family_sport, family_leagues (null for any), idle."""
    rows = [(f.name, f.timezone, f.dates, f.sport, list(f.leagues) or None, f.idle) for f in families]
    texts = ("family", "timezone", "dates", "family_sport")
    schema = pl.Schema(
        {**dict.fromkeys(texts, pl.String()), "family_leagues": pl.List(pl.String), "idle": pl.Boolean()}
    )
    return pl.DataFrame(rows, schema=schema, orient="row")


@lru_cache(maxsize=8)
def _shell_table(families: tuple[Family, ...]) -> pl.DataFrame:
    """_key -> family, for every shell; what a pattern finds is looked up by the family's name."""
    rows = [(_words(shell), family.name) for family in families for shell in (*family.shells, family.name)]
    frame = pl.DataFrame(rows, schema=["shell", "family"], orient="row")
    return frame.select("family", _key=_family_key(pl.col("shell"))).unique("_key", keep="first")


def _family_key(shell: pl.Expr) -> pl.Expr:
    # "+" and "/" distinguish families ("SEC+" is not "SEC"), so folding keeps the plus as a word.
    bare = shell.str.replace(r"^(?:[A-Z]{2,3}(?:-[A-Z]{2,3})? ?[:|] ?)", "")
    return folded(bare.str.replace_all("+", " plus ", literal=True)).str.replace_all(" ", "")


def _is_competition(facts: Facts) -> pl.Expr:
    """The text begins with a competition whose name ends in a number: "Bundesliga 2 : …" is not a second slot."""
    names = {form for league in facts.leagues.values() for form in (league.name, *league.printed)}
    numbered = sorted({name for name in names if re.search(r"\d$", name)}, key=len, reverse=True)
    pattern = "|".join(re.escape(name) for name in numbered)
    return pl.col("text").str.contains(rf"(?i)^(?:.{{2,20}} - )?(?:{pattern}) ?[:|-]")
