"""Every error the product raises on purpose, and how an address is shown in text.

    EpgError                  base of all: what is wrong, and the remedy
    ├── SettingsError         an environment variable is wrong or missing
    ├── ConfigError           a config file is wrong
    ├── ContractError         a frame does not have the columns, types or values its contract states
    ├── PlaylistError         a body is not a playlist
    ├── PlaylistFetchError    a playlist can't be fetched
    │   └── NoPlaylistError   the server answered, but not with a playlist; a retry would not help
    ├── EventsFileError       an events file can't be read
    ├── GuideError            rows that can't be written as a guide
    ├── GuideHeldBackError    a guide that must not replace the published one
    ├── CheckFailedError      a blocking check failed
    ├── StoreError            database, server, snapshots or sealing key can't be used
    │   └── UnknownProviderError
    ├── BucketError           a request to the object store failed
    ├── NotifyError           a notification was not delivered
    ├── FlowError             a step of the pipeline can't be done
    └── UpError               a part of `epg up` did not start, or ended by itself

Belongs here: the tree and the redaction of addresses. Playlist and stream addresses carry user and password, so every
message is redacted when the error is made; no caller has to remember it. Does not belong: handling of errors.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

ADDRESS = re.compile(r"[a-zA-Z][\w+.-]*://[^\s…]+")
_ONLY_A_HOST = re.compile(r"[a-zA-Z][\w+.-]*://[^/@?#]+/?")
_MAX_FAULTS = 5


def redact(text: str) -> str:
    """The text with every address in it cut down to scheme and host: the rest may be a user and a password."""
    return ADDRESS.sub(lambda found: _redacted(found.group()), text)


def redact_url(url: str) -> str:
    """One address as scheme and host, a file as its path; "(an address that can't be read)" when it is malformed."""
    if "://" not in url:
        return url.strip()
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "?", parts.port
    except ValueError:
        return "(an address that can't be read)"
    if parts.scheme.lower() == "file":
        return unquote(parts.path)
    return f"{parts.scheme.lower()}://{host}{f':{port}' if port else ''}/…"


def _redacted(url: str) -> str:
    return url if _ONLY_A_HOST.fullmatch(url) else redact_url(url)


def one_line(error: BaseException) -> str:
    """An error as one redacted line of at most 400 characters: ours as they are, others with their type in front."""
    text = redact(" ".join(str(error).split()))[:400]
    if isinstance(error, EpgError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class EpgError(Exception):
    """The base of all. `message` says what is wrong and where, `remedy` what to do; both are redacted."""

    def __init__(self, message: str, remedy: str = "") -> None:
        """Redact both; the text of the error is the message, followed by the remedy where there is one."""
        self.message, self.remedy = redact(message), redact(remedy)
        super().__init__(self.message, self.remedy)

    def __str__(self) -> str:
        """Message and remedy as sentences."""
        return f"{self.message.rstrip('.')}. {self.remedy}" if self.remedy else self.message


class SettingsError(EpgError, ValueError):
    """An environment variable is wrong or missing; the message names it and quotes no secret."""


class ConfigError(EpgError, ValueError):
    """A config file is wrong; the message names the file and the entry."""


class ContractError(EpgError, ValueError):
    """A frame does not have the columns, types or values its contract states."""


class PlaylistError(EpgError, ValueError):
    """A body is not a playlist."""


class PlaylistFetchError(EpgError):
    """A playlist can't be fetched."""


class NoPlaylistError(PlaylistFetchError):
    """The server answered, but not with a playlist; a retry would not help."""


class EventsFileError(EpgError):
    """An events file can't be read at all."""


class GuideError(EpgError, ValueError):
    """Rows that can't be written as a guide."""


class GuideHeldBackError(EpgError):
    """A guide is not fit to replace the published one, which stays; `faults` says why."""

    def __init__(self, where: str, faults: Sequence[str], remedy: str = "") -> None:
        """`where` is the provider or folder whose guide stays."""
        why = "; ".join(faults[:_MAX_FAULTS])
        super().__init__(f"{where}: the guide is held back, the last one stays: {why}", remedy)
        self.faults = tuple(faults)


class CheckFailedError(EpgError):
    """A blocking check failed. `verdicts` are all that were found, also those that hold."""

    def __init__(self, message: str, verdicts: Iterable[Any], remedy: str = "") -> None:
        """`verdicts` are domain.guide.checks.Verdict, which this lowest module can't import."""
        super().__init__(message, remedy)
        self.verdicts = tuple(verdicts)


class StoreError(EpgError, RuntimeError):
    """The database, its server, the snapshots or the sealing key can't be used."""


class UnknownProviderError(StoreError):
    """No provider has that name or slug; the message lists those there are."""


class BucketError(EpgError):
    """A request to the object store failed.

    `is_transient`: a retry may help. `is_general`: every other request to the bucket fails the same way now.
    """

    def __init__(self, message: str, *, is_transient: bool = False, is_general: bool = False) -> None:
        """`message` holds no secret."""
        super().__init__(message)
        self.is_transient, self.is_general = is_transient, is_general


class NotifyError(EpgError):
    """A notification was not delivered."""


class FlowError(EpgError):
    """A step of the pipeline can't be done."""


class UpError(EpgError):
    """A part of `epg up` did not start, or ended by itself; the message holds what its log said last."""
