"""Xtream Codes accounts: server, user and password -> a playlist.

Belongs here: the one address such an account is kept under, its two ways to a playlist (the panel's M3U, else its JSON
interface), and what it says of the account. Does not belong: requests (http.py), reading the playlist
(domain/reading/playlist.py).
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlencode, urlsplit

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.web.playlist_answer import Fetched, check_playlist
from epg_pipeline.errors import NoPlaylistError, PlaylistFetchError, redact_url

MARK = "xtream+"  # xtream+http://USER:PASSWORD@HOST:PORT/BASE, user and password percent-encoded
MAX_JSON_BYTES = 256 << 20  # as Python objects it takes ten times that
ENDED = {"expired", "banned", "disabled"}
PAGES = re.compile(r"/(get|player_api|xmltv|panel_api)\.php$")
CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


class Ask(Protocol):
    """How an address is asked: see `http.fetch`."""

    def __call__(self, address: str, /) -> Fetched:
        """What the address gives."""


@dataclass(frozen=True)
class XtreamAccount:
    """An account at a panel. Its password does not show; `address` is how it is stored, sealed."""

    server: str  # http://host:8080, without a slash at its end
    user: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def address(self) -> str:
        """The account as one address. A secret."""
        scheme, _, rest = self.server.partition("://")
        return f"{MARK}{scheme}://{quote(self.user, safe='')}:{quote(self.password, safe='')}@{rest}"

    @property
    def playlist(self) -> str:
        """Where the panel gives the account's M3U. A secret."""
        query = {"username": self.user, "password": self.password, "type": "m3u_plus", "output": "ts"}
        return f"{self.server}/get.php?{urlencode(query)}"

    def interface(self, action: str = "") -> str:
        """Where the panel's JSON interface answers; without an action it describes the account. A secret."""
        query = {"username": self.user, "password": self.password} | ({"action": action} if action else {})
        return f"{self.server}/player_api.php?{urlencode(query)}"

    def stream(self, number: str) -> str:
        """Where a live stream is. A secret."""
        return f"{self.server}/live/{quote(self.user, safe='')}/{quote(self.password, safe='')}/{number}.ts"


def xtream_account(server: str, user: str, password: str) -> XtreamAccount:
    """The account of what a person gives: "host:8080" and a pasted page of the panel are understood, too.

    ValueError, without quoting what may be secret, says what is missing.
    """
    text = server.strip()
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        is_server = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_server = False
    if not is_server or "@" in parts.netloc:
        raise ValueError("the server is given as http://HOST:PORT, user and password apart from it")
    if not user.strip() or not password:
        raise ValueError("an Xtream account needs a user and a password")
    base = PAGES.sub("", parts.path.rstrip("/"))
    return XtreamAccount(f"{parts.scheme}://{parts.netloc}{base}", user.strip(), password)


def is_xtream(address: str) -> bool:
    """Whether an address is an Xtream Codes account's."""
    return address.startswith(MARK)


def account_of(address: str) -> XtreamAccount:
    """The account of an address made by `XtreamAccount.address`; PlaylistFetchError when it is not one."""
    scheme, _, rest = address.removeprefix(MARK).partition("://")
    account, _, place = rest.rpartition("@")
    user, separator, password = account.partition(":")
    if not is_xtream(address) or not separator or not place:
        raise PlaylistFetchError("the stored Xtream account is incomplete; enter it again: epg provider edit")
    return XtreamAccount(f"{scheme}://{place}", unquote(user), unquote(password))


def fetch_account(address: str, ask_again: Ask, ask: Ask) -> Fetched:
    """The account's playlist: the panel's own M3U, else one made of what its JSON interface lists.

    `ask_again` asks for the M3U with what the last one said (ETag, date), `ask` asks for anything. An account that is
    expired, banned, disabled or unknown is a PlaylistFetchError that says so; temporary failures stay as they are.
    """
    account = account_of(address)
    try:
        fetched = ask_again(account.playlist)
        _check_has_entries(fetched.body, redact_url(address))
    except NoPlaylistError as refusal:
        return Fetched(_listed(account, ask, str(refusal)))
    return fetched


def check_account(address: str, peek: Ask, ask: Ask) -> datetime | None:
    """See whether the account would give a playlist; the server's clock, if it sent it. PlaylistFetchError when not."""
    account = account_of(address)
    try:
        _check_account(_answer(account.interface(), ask, redact_url(account.server)), redact_url(account.server))
    except NoPlaylistError:  # some panels give their M3U alone
        pass
    else:
        return None
    fetched = peek(account.playlist)
    check_playlist(fetched.body, redact_url(address))
    return fetched.sent_at


def _check_has_entries(body: bytes | None, where: str) -> None:
    check_playlist(body, where)
    # A panel whose M3U is off, or whose account has ended, may send the bare header.
    if body is not None and body[:2] != b"\x1f\x8b" and b"#extinf" not in body.lower():
        raise NoPlaylistError(f"{where}: a playlist without an entry")


def _listed(account: XtreamAccount, ask: Ask, refusal: str) -> bytes:
    """The playlist of what the JSON interface lists; `refusal` is why the panel gave no M3U."""
    where = redact_url(account.server)
    try:
        _check_account(_answer(account.interface(), ask, where), where)
        categories = _category_names(_rows(_answer(account.interface("get_live_categories"), ask, where)))
        streams = _answer(account.interface("get_live_streams"), ask, where)
    except NoPlaylistError as fault:
        raise NoPlaylistError(f"{refusal}. Its player_api.php gives nothing either: {fault}") from None
    _check_account(streams, where)  # some panels describe the account only when asked for its streams
    entries = _entries(_rows(streams), categories, account)
    if not entries:
        raise NoPlaylistError(f"{where}: the account lists no live stream; ask the provider what it includes")
    return "\n".join(["#EXTM3U", *entries, ""]).encode()


def _answer(address: str, ask: Ask, where: str) -> Any:  # noqa: ANN401 - JSON of which nothing is certain
    body = ask(address).body or b""
    if len(body) > MAX_JSON_BYTES:
        raise NoPlaylistError(f"{where}: player_api.php sent more than {MAX_JSON_BYTES >> 20} MB")
    try:
        return json.loads(body.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError):
        fault = "an empty answer" if not body.strip() else "no JSON"
    raise NoPlaylistError(f"{where}: player_api.php gave {fault}; check server and port")


def _check_account(answer: object, where: str) -> None:
    """PlaylistFetchError when the answer says that the account does not work (any more)."""
    account = answer.get("user_info") if isinstance(answer, dict) else None
    if not isinstance(account, dict):
        return
    if _text(account.get("auth")).lower() in {"0", "false"}:
        raise PlaylistFetchError(f"{where}: the panel knows no such account; check user and password")
    status, ends = _text(account.get("status")), _instant(account.get("exp_date"))
    on = f" on {ends:%Y-%m-%d}" if ends else ""
    if status.lower() in ENDED:
        when = on if status.lower() == "expired" else ""
        raise PlaylistFetchError(f"{where}: the account is {status.lower()}{when}; ask the provider")
    if not status and ends and ends < utc_now():
        raise PlaylistFetchError(f"{where}: the account expired{on}; ask the provider")


def _rows(answer: object) -> list[dict[str, Any]]:
    """The objects of a list; some panels send a list as an object with numbers for keys."""
    values: Iterable[object] = (
        answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ()
    )
    return [value for value in values if isinstance(value, dict)]


def _category_names(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {_text(row.get("category_id")): _text(row.get("category_name")) for row in rows}


def _entries(streams: list[dict[str, Any]], categories: dict[str, str], account: XtreamAccount) -> list[str]:
    """Two lines for each stream that has an id and a name, in the panel's own numbering, whatever order it sent."""
    found = set()
    for stream in streams:  # row by row: each is JSON of which nothing is certain
        number, name = _text(stream.get("stream_id")), _text(stream.get("name"))
        if not number or not name:
            continue
        attributes = {
            "tvg-id": _text(stream.get("epg_channel_id")),
            "tvg-name": name,
            "tvg-logo": _text(stream.get("stream_icon")),
            "group-title": _category(stream, categories),
        }
        # A double quote would end the attribute; players show a single one as well.
        written = " ".join(f'{key}="{value.replace(chr(34), chr(39))}"' for key, value in attributes.items())
        order = (_number(stream.get("num")), _number(number), number)
        found.add((order, f"#EXTINF:-1 {written},{name}\n{account.stream(quote(number, safe=''))}"))
    return [entry for _, entry in sorted(found)]


def _category(stream: dict[str, Any], categories: dict[str, str]) -> str:
    """The name of the first category that is known; ids come as numbers, texts and lists of both."""
    for key in ("category_id", "category_ids"):
        given = stream.get(key)
        for number in given if isinstance(given, list) else [given]:
            if name := categories.get(_text(number), ""):
                return name
    return ""


def _text(value: object) -> str:
    """A text, number or truth value as one line; "" for anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return CONTROL.sub(" ", str(value)).strip() if isinstance(value, str | int | float) else ""


def _number(value: object) -> int:
    text = _text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 1 << 62  # noqa: PLR2004 - of 64 bits


def _instant(value: object) -> datetime | None:
    seconds = _number(value)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (OverflowError, OSError, ValueError):
        return None
