"""Text repair and folding, for names and teams alike.

Belongs here: what makes two spellings of one text equal. Does not: what a text means.
"""

import html

import ftfy
import polars as pl

# Bytes of UTF-8 read as Latin-1 show as one of these pairs; only such texts go through ftfy, which reads one at a time.
_SECOND_BYTE = r"\u0080-\u00BF\u0152\u0153\u0160\u0161\u0178\u017D\u017E\u0192\u02C6\u02DC\u2013-\u203A\u20AC\u2122"
_MOJIBAKE = rf"[ÂÃÄÅÐÑ][{_SECOND_BYTE}]|â[\u0080-\u00BF€]"
_ENTITY = r"&(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|[a-zA-Z]{2,8});"

# Marks that carry no meaning, even in the middle of a word: zero-width characters, joiners, and circled or starred
# marks that providers inject.
_MARKS = r"[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFE00-\uFE0F\uFEFFⓧⓍ★☆✦✪✩◉●•❌✅🔴⚽🏀🏈⚾🏒🥊🎾🏎️]"

# What no viewer sees and some players show as a box: controls, breaks, zero-width spaces, characters XML does not
# allow; and the marks that turn the reading direction of all that follows, which would turn the player's text, too.
_UNSEEN = r"[\x00-\x1F\x7F-\x{9F}\x{2028}\x{2029}\s]+"
_BARRED = r"[\x{AD}\x{200B}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{2066}-\x{2069}\x{FEFF}\x{FFFE}\x{FFFF}]"
_JOINERS = " \u200c\u200d\u200e\u200f"  # useful between letters and emoji, not at an end

# A lone symbol between words separates them as a bar does.
_LONE_SYMBOL = r"(?:^|\s)[★☆►▶»·•‖¦⎮❘⟩→▎⏐┃│◆●>]+(?:\s|$)|\s[▎⏐┃│]"

_TAIL = (
    r"(?i)(?:[\s|(\[-]+(?:u?hd|fhd|uhd|[48]k|hevc|h\.?26[45]|raw|hq|lq|vip|live|backup|multi|exclusive|hdr|dolby|"
    r"\d\d ?fps|1080[pi]|720p|2160p)[\])]*|\s*[|(\[]\s*(?:sd|eu|uk|us|usa|de|fr|es|it|nl|pt)[\])]*)+\s*$"
)

# Letters of other scripts that look Latin; used only inside words that also hold a Latin letter.
_LOOKALIKES = dict(
    zip("АВСЕНІЈКМОРЅТХаеіјорсухѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABCEHIJKMOPSTXaeijopcyxsABEZHIKMNOPTYXo", strict=True)
)
_MIXED_SCRIPTS = r"[A-Za-z][\u0391-\u03BF\u0400-\u045F]|[\u0391-\u03BF\u0400-\u045F][A-Za-z]"

# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "ħ": "h", "ŋ": "n",
    "İ": "i",
}  # fmt: skip


def repaired(text: pl.Expr) -> pl.Expr:
    """The text without damage; meaning and accents stay.

    Entities unescaped twice, mojibake fixed, marks dropped, superscripts and wide forms made plain, look-alike letters
    made Latin, white space collapsed.
    """
    # Step by step over the column: as one expression each choice would compute all the steps before it twice.
    return text.map_batches(_repair, return_dtype=pl.String)


def _repair(texts: pl.Series) -> pl.Series:
    texts = (
        _without_mojibake(texts).str.replace_all(_LONE_SYMBOL, " | ").str.replace_all(_MARKS, "").str.normalize("NFKC")
    )
    texts = _where(texts, texts.str.contains(_MIXED_SCRIPTS), texts.str.replace_many(_LOOKALIKES))
    # "PPV_LIVE_01_Man_City_vs_Tottenham_12:30": without any space, underscores are the spaces, round "-vs-" hyphens.
    is_glued = ~texts.str.contains(r"\s")
    in_underscores = is_glued & (texts.str.count_matches("_") > 1)
    texts = _where(texts, in_underscores, texts.str.replace_all("_", " ", literal=True))
    in_hyphens = is_glued & texts.str.contains(r"(?i)-vs?-")
    texts = _where(texts, in_hyphens, texts.str.replace_all("-", " ", literal=True))
    return texts.str.replace_all(r"[\x00-\x1F\x7F\s]+", " ").str.strip_chars()


def _where(texts: pl.Series, condition: pl.Series, changed: pl.Series) -> pl.Series:
    return changed.zip_with(condition.fill_null(value=False), texts)


def one_line(text: pl.Expr) -> pl.Expr:
    """The text as a guide or playlist may hold it: one line, nothing invisible, single spaces; "" if none is left."""
    return text.str.replace_all(_BARRED, "").str.replace_all(_UNSEEN, " ").str.strip_chars(_JOINERS)


def without_tail(text: pl.Expr) -> pl.Expr:
    """The text without marks of quality and feed at its end: "… 1:05 PM EDT HD", "… [FHD] VIP", "… (EU)"."""
    return text.str.replace(_TAIL, "")


def _without_mojibake(texts: pl.Series) -> pl.Series:
    damaged = texts.filter(texts.str.contains(_MOJIBAKE) | texts.str.contains(_ENTITY)).unique()
    # One at a time because ftfy is a heuristic over a whole text; a playlist holds few damaged ones.
    fixed = {text: _fixed(html.unescape(html.unescape(text))) for text in damaged.drop_nulls()}
    return texts.replace(fixed) if fixed else texts


def _fixed(text: str) -> str:
    try:
        # Whole and strict first: a text whose letters, as bytes, are UTF-8 throughout was surely decoded wrongly.
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ftfy.fix_encoding(text)


def folded(text: pl.Expr) -> pl.Expr:
    """The text for comparing: no accents, lower case, `&` as "and", words of letters and digits separated by one space.

    An apostrophe or a full stop joins ("St. John's" -> "st johns", "D.C." -> "dc"); any other mark separates.
    """
    return (
        text.str.to_lowercase()
        .str.replace_many(_LETTERS)
        .str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_lowercase()
        .str.replace_all("&", " and ", literal=True)
        .str.replace_all(r"['’‘ʻʼ′＇`´.]", "")
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.strip_chars()
    )


def named_groups(text: pl.Expr, pattern: str, *names: str) -> dict[str, pl.Expr]:
    """The groups of these names in a pattern's first match; null for one that the pattern lacks."""
    groups = text.str.extract_groups(pattern)
    absent = pl.lit(None, pl.String)
    return {name: groups.struct.field(name) if f"<{name}>" in pattern else absent for name in names}
