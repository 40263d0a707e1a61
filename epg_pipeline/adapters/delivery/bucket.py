"""A bucket of an S3-compatible store, over boto3.

Belongs here: the client and its patience, putting and removing one object, what counts as unchanged, faults in words.
Does not: which files are uploaded and in which order (flows/uploads.py), the record of them (store/uploads.py). No
message holds a key, a signature or the store's text: of its answer only status and error code are shown.
"""

import base64
import hashlib
import io
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from epg_pipeline.adapters.web.http import RETRYABLE_STATUSES, retries
from epg_pipeline.errors import BucketError
from epg_pipeline.settings import StorageSettings

AT_ONCE = 4  # requests under way
# With status 400: bytes that went wrong or missing on the way, and what some stores say with it of being busy.
RETRYABLE_CODES = frozenset(
    {"BadDigest", "IncompleteBody", "RequestTimeout", "SlowDown", "Throttling", "XAmzContentSHA256Mismatch"}
)
KEY_CODES = frozenset({"ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch", "Unauthorized"})
REGION_CODES = frozenset({"AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"})
REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
PROBE = "epg/.probe"


@dataclass(frozen=True)
class Patience:
    """How long a store is waited for, in seconds; tests shorten it.

    `connecting` is for a connection and for each block sent, `waiting` for an answer, `pause` before the second try
    (the third waits twice as long). After a store was silent for three tries nothing is asked of it for `resting`: a
    run over many providers and days must not wait for each.
    """

    connecting: float = 5.0
    waiting: float = 20.0
    attempts: int = 3
    pause: float = 0.5
    resting: float = 300.0


@dataclass(frozen=True)
class Content:
    """What an object shall be: its bytes, and the headers its readers get with them."""

    body: bytes
    media_type: str
    cache_control: str

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.body).hexdigest()


_SILENT: dict[StorageSettings, tuple[float, BucketError]] = {}  # when a store was last found silent, and how


class Bucket:
    """One bucket; threads may share it."""

    def __init__(self, settings: StorageSettings, patience: Patience | None = None) -> None:
        """Nothing is imported or asked yet."""
        self._settings, self._patience = settings, patience or Patience()
        # R2's host has the account in it.
        self._host = "r2" if settings.label.startswith("r2/") else urlsplit(settings.endpoint).hostname or "?"
        since, silence = _SILENT.get(settings, (-math.inf, None))
        # What one request found out the others need not find out again.
        self._broken = silence if time.monotonic() - since < self._patience.resting else None

    def put(self, key: str, content: Content) -> bool:
        """Have the object be this content; false when it was already, which costs one HEAD.

        An object appears whole or not at all: a store takes over what has come in full and has the SHA-256 that came
        with it. BucketError when it did not succeed within three tries.
        """
        digest = hashlib.sha256(content.body)
        if self._holds(key, digest.hexdigest(), len(content.body)):
            return False
        answer = self._request(
            lambda client: client.put_object(
                Bucket=self._settings.bucket,
                Key=key,
                Body=io.BytesIO(content.body),  # sent in blocks; bytes would all have to go within one timeout
                ContentType=content.media_type,
                CacheControl=content.cache_control,
                ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
                Metadata={"sha256": digest.hexdigest()},
            )
        )
        if not answer.get("ETag"):  # a page of whoever stands in between may come with 200
            raise BucketError(f"what answers at {self._host} is not an S3-compatible store", is_general=True)
        return True

    def remove(self, key: str) -> None:
        """Have no such object, whether there was one or not. BucketError when it did not succeed."""
        self._request(lambda client: client.delete_object(Bucket=self._settings.bucket, Key=key))

    def try_out(self) -> None:
        """Put a tiny object and remove it again. BucketError says what is in the way."""
        self.put(PROBE, Content(str(time.time_ns()).encode(), "text/plain", "no-store"))
        self.remove(PROBE)

    def _holds(self, key: str, digest: str, size: int) -> bool:
        """Whether the object is there and has this content, by its metadata.

        A HEAD is refused to a key that may write only, and a missing bucket is 404 like a missing object: the PUT that
        follows says what is the matter.
        """
        head = self._request(
            lambda client: client.head_object(Bucket=self._settings.bucket, Key=key),
            forgiven=frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, *REFUSED}),
        )
        return bool(head.get("Metadata", {}).get("sha256") == digest and head.get("ContentLength") == size)

    def _request(self, call: Callable[[Any], Any], forgiven: frozenset[int] = frozenset()) -> Any:  # noqa: ANN401 - untyped
        """The store's answer, {} for one of a forgiven status, after as many attempts as there is patience for."""
        try:
            for attempt in retries(self._is_retryable, self._patience.attempts, self._patience.pause):
                with attempt:
                    return self._answer(call, forgiven)
        except BucketError as error:
            self._note(error)
            raise
        raise AssertionError("a retry context returns or raises")  # pragma: no cover

    def _answer(self, call: Callable[[Any], Any], forgiven: frozenset[int]) -> Any:  # noqa: ANN401 - untyped
        if self._broken:
            raise self._broken
        try:
            return call(_client(self._settings, self._patience))
        except _boto_faults() as fault:
            if _status(fault) in forgiven:
                return {}
            error = self._in_words(fault)
        raise error  # outside of the handler: boto's own fault may quote the request

    def _is_retryable(self, fault: Exception) -> bool:
        """Whether another attempt may help; what an earlier request found out is not tried again."""
        return isinstance(fault, BucketError) and fault.is_transient and fault is not self._broken

    def _note(self, error: BucketError) -> None:
        if not error.is_general or error is self._broken:  # noted again, a silent store would never stop resting
            return
        self._broken = error
        if error.is_transient and self._patience.resting:
            _SILENT[self._settings] = (time.monotonic(), error)

    def _in_words(self, fault: Exception) -> BucketError:
        from botocore import exceptions

        if isinstance(fault, exceptions.ClientError):
            return self._refusal(_status(fault), str(fault.response.get("Error", {}).get("Code", "")))
        if isinstance(fault, exceptions.ParamValidationError):
            wrong = f'"{self._settings.bucket}" is not a valid bucket name; fix {self._settings.variables}BUCKET'
            return BucketError(wrong, is_general=True)
        if isinstance(fault, exceptions.ReadTimeoutError):
            reason = f"{self._host} did not answer within {self._patience.waiting:g} s"
        elif isinstance(fault, exceptions.SSLError):
            reason = f"no secure connection to {self._host}: its certificate or its encryption is not accepted"
            reason += "; check R2_ACCOUNT_ID" if self._settings.variables == "R2_" else ""
        elif isinstance(fault, (exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError)):
            reason = f"{self._host} can't be reached"
        elif isinstance(fault, exceptions.HTTPClientError):
            reason = f"the connection to {self._host} broke off"
        else:
            return BucketError(f"boto3 can't ask {self._settings.label}: {type(fault).__name__}", is_general=True)
        return BucketError(reason, is_transient=True, is_general=True)

    def _refusal(self, status: int, code: str) -> BucketError:
        """An answer other than success, by what an operator can do about it."""
        answer = f"{self._host} answers {status}{f' {code}' if code and code != str(status) else ''}"
        if status in RETRYABLE_STATUSES or code in RETRYABLE_CODES:
            return BucketError(answer, is_transient=True)
        bucket, variables = self._settings.bucket, self._settings.variables
        if code == "NoSuchBucket":
            advice = f'the bucket "{bucket}" does not exist; make it, or fix {variables}BUCKET'
        elif code in KEY_CODES or status == HTTPStatus.UNAUTHORIZED:
            advice = f"the key is not accepted; check {variables}ACCESS_KEY and {variables}SECRET_KEY"
        elif code == "InvalidArgument":  # so R2 says it of a key that is too short or too long, or in the other's place
            advice = (
                f"something in the request is not as it must be; check {variables}ACCESS_KEY and {variables}SECRET_KEY"
            )
        elif code in REGION_CODES:
            advice = f"the bucket is in another region; set {variables}REGION"
        elif code == "RequestTimeTooSkewed":
            advice = "this machine's clock is wrong; set it"
        elif status == HTTPStatus.FORBIDDEN:
            advice = f'the key may not do this in the bucket "{bucket}"; give it the right to read and write objects'
        else:
            return BucketError(answer)
        return BucketError(f"{answer}: {advice}", is_general=True)


def _status(fault: Exception) -> int:
    """The HTTP status of an answer that boto3 made an error of; 0 without an answer."""
    response = getattr(fault, "response", None)
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) if isinstance(response, dict) else 0


@cache
def _boto_faults() -> tuple[type[Exception], ...]:
    """All that boto3 raises: ValueError for an address, OSError for its own settings files."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    return (BotoCoreError, ClientError, Boto3Error, ResponseParserError, ValueError, OSError)


@lru_cache(maxsize=4)
def _client(settings: StorageSettings, patience: Patience) -> Any:  # noqa: ANN401 - boto3 says no types
    """The client, made once per process: that takes as long as several requests."""
    import boto3  # half a second
    from botocore.config import Config

    session = boto3.session.Session(
        aws_access_key_id=settings.access_key,
        aws_secret_access_key=settings.secret_key,
        region_name=settings.region,
    )
    config = Config(
        connect_timeout=patience.connecting,
        read_timeout=patience.waiting,
        max_pool_connections=AT_ONCE,
        retries={"total_max_attempts": 1},  # the tries are counted here alone
        signature_version="s3v4",
        s3={"addressing_style": "path", "payload_signing_enabled": True},
        # The checksum is ours, in a header. The one boto3 adds by itself is a trailer, which R2 and others do not take.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        ignore_configured_endpoint_urls=True,
    )
    client = session.client("s3", endpoint_url=settings.endpoint, config=config)
    client.meta.events.register_last("before-call.s3", _without_expect)
    return client


def _without_expect(params: dict[str, Any], **_: object) -> None:
    """Don't have the store asked before a body is sent: those that give no answer to that cost a second each time."""
    params["headers"].pop("Expect", None)
