"""Downloads of large public files: one connection, resumed where they stopped, checked, and moved into place whole."""

import base64
import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from typing import Any

from sketchlib.errors import DownloadError, FormatError, InputError

USER_AGENT = "StrokeScope (sketchlib)"

ATTEMPTS = 5
"""Tries in a row that bring nothing new before giving up."""

TIMEOUT = 30.0
"""Seconds without an answer after which a connection counts as lost."""

CHUNK = 1 << 20

_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)


class _RetryError(Exception):
    """Worth another try, at the earliest after `seconds`."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.seconds = seconds


def download(
    url: str, path: str | Path, check: Callable[[Path], None], label: str, progress: bool = True, wait: float = 1.0
) -> Path:
    """The file at `url`, at `path`; nothing is asked when it is there already.

    check: raises FormatError when the downloaded file is not what it should be.
    label: names the progress bar on stderr. wait: seconds before the second try, doubled each time.
    What has arrived stays in <path>.part and is taken up by the next call.
    Raises DownloadError when the server does not deliver, InputError for an address other than http(s).
    """
    path = Path(path)
    if path.exists():
        return path
    if not url.startswith(("https://", "http://")):
        raise InputError(f"a download's address is http or https, got {url!r}")
    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        headers = _fetch(url, partial, label, progress, wait)
        _verify(url, partial, headers, check)
        os.replace(partial, path)
    except OSError as error:
        raise DownloadError(f"{path} cannot be written ({error.strerror or error})") from None
    return path


def _fetch(url: str, partial: Path, label: str, progress: bool, wait: float) -> Message:
    failures = 0
    while True:
        before = _size(partial)
        try:
            return _transfer(url, partial, label, progress)
        except _RetryError as reason:
            failures = 1 if _size(partial) > before else failures + 1
            if failures == ATTEMPTS:
                raise DownloadError(
                    f"{url} could not be downloaded ({reason}): check the network, then go on"
                ) from None
            time.sleep(max(wait * 2 ** (failures - 1), reason.seconds))


def _transfer(url: str, partial: Path, label: str, progress: bool) -> Message:
    """One connection's worth: appends to `partial` and returns the headers once all is there."""
    start = _size(partial)
    request = urllib.request.Request(url, headers={"User-Agent": USER_AGENT})
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            start = start if response.status == 206 else 0
            total = start + int(response.headers.get("Content-Length", 0))
            _save(response, partial, start, _bar(label, start, total, progress))
    except urllib.error.HTTPError as error:
        raise _refusal(url, partial, error) from None
    except urllib.error.URLError as error:
        raise _RetryError(str(error.reason)) from None
    except (http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise _RetryError(str(error) or type(error).__name__) from None
    if _size(partial) < total:
        raise _RetryError("the connection was cut off")
    headers: Message = response.headers
    return headers


def _refusal(url: str, partial: Path, error: urllib.error.HTTPError) -> Exception:
    if error.code == 416:
        # The part is longer than the file, or all of it without its check: start over.
        partial.unlink()
        return _RetryError("the server has no more than the part that is here")
    if error.code in _TRANSIENT:
        after = error.headers.get("Retry-After", "")
        return _RetryError(f"it answers {error.code}", min(float(after), 300.0) if after.isdigit() else 0.0)
    return DownloadError(f"{url} could not be downloaded: it answers {error.code}")


def _save(response: Any, partial: Path, start: int, bar: Any) -> None:
    with bar, partial.open("ab") as stream:
        stream.truncate(start)
        while chunk := _read(response):
            stream.write(chunk)
            bar.update(len(chunk))


def _read(response: Any) -> bytes:
    try:
        return bytes(response.read(CHUNK))
    except (http.client.HTTPException, OSError) as error:
        raise _RetryError(str(error) or type(error).__name__) from None


def _bar(label: str, start: int, total: int, progress: bool) -> Any:
    from tqdm import tqdm

    disable = None if progress else True
    return tqdm(desc=label, initial=start, total=total or None, unit="B", unit_scale=True, disable=disable)


def _verify(url: str, partial: Path, headers: Message, check: Callable[[Path], None]) -> None:
    try:
        stated = _stated_md5(headers)
        if stated is not None and stated != _md5(partial):
            raise FormatError("its MD5 is another than the server states")
        check(partial)
    except FormatError as error:
        partial.unlink()
        raise DownloadError(f"{url} arrived damaged ({error}): what came is removed, run the command again") from None


def _stated_md5(headers: Message) -> bytes | None:
    """Google's storage states checksums as "crc32c=..., md5=..." (base64), in one header or several."""
    stated = ",".join(headers.get_all("X-Goog-Hash", []))
    values = [each.strip().removeprefix("md5=") for each in stated.split(",") if each.strip().startswith("md5=")]
    return base64.b64decode(values[0]) if values else None


def _md5(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "md5").digest()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
