"""A local HTTP server in place of the Hub or of Quick, Draw!'s bucket, and weights in the published layout."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import torch
from huggingface_hub import constants


@dataclass
class StandIn:
    """What is served, what goes wrong, and what was asked.

    files: content by decoded path. commit: what the Hub says the files belong to.
    cut_after: bytes after which the next download is cut off, then back to None.
    stall_after: bytes after which the next download sets `stalled` and says no more, then back to None.
    statuses: answered instead of the next downloads, first one first.
    ignore_range: serve whole files only. md5: what the bucket states instead of the true one (base64).
    requests: (method, path, Range header or None) in the order of arrival.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    commit: str = "0" * 40
    cut_after: int | None = None
    stall_after: int | None = None
    stalled: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    statuses: list[int] = field(default_factory=list)
    ignore_range: bool = False
    md5: str | None = None
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    user_agents: set[str] = field(default_factory=set)
    url: str = ""

    def publish(self, repository: str, file: str, content: bytes) -> None:
        self.files[f"/{repository}/resolve/{self.commit}/{file}"] = content

    def downloads(self) -> list[str | None]:
        """The Range header of every GET, in order."""
        return [wanted for method, _, wanted in self.requests if method == "GET"]


@contextmanager
def serving() -> Iterator[StandIn]:
    """A running stand-in on a free port of this machine."""
    state = StandIn()
    handler = type("Handler", (_Handler,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        state.over.set()
        server.shutdown()
        server.server_close()


def point_client_at(url: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the Hub's client ask `url` and keep its cache in the folder."""
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder / "hub"))


class _Handler(BaseHTTPRequestHandler):
    state: StandIn
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        state, wanted = self.state, self.headers.get("Range")
        path = unquote(urlsplit(self.path).path)
        state.requests.append((self.command, path, wanted))
        state.user_agents.add(self.headers.get("User-Agent", ""))
        status = state.statuses.pop(0) if body and state.statuses else None
        content = state.files.get(path)
        if status is not None or content is None:
            self._fail(status or 404)
            return
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted and not state.ignore_range else 0
        if start and start >= len(content):
            self._fail(416)
            return
        self._headers(content, start)
        if body:
            self._send(content[start:])

    def _headers(self, content: bytes, start: int) -> None:
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        digest = hashlib.sha256(content).hexdigest()
        md5 = self.state.md5 or base64.b64encode(hashlib.md5(content).digest()).decode()
        self.send_header("Content-Length", str(len(content) - start))
        self.send_header("ETag", f'"{digest}"')
        self.send_header("X-Linked-Etag", f'"{digest}"')
        self.send_header("X-Linked-Size", str(len(content)))
        self.send_header("X-Repo-Commit", self.state.commit)
        self.send_header("X-Goog-Hash", f"md5={md5}")
        self.end_headers()

    def _send(self, content: bytes) -> None:
        if self.state.stall_after is not None:
            self._stall(content)
            return
        cut, self.state.cut_after = self.state.cut_after, None
        self.wfile.write(content if cut is None else content[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)

    def _stall(self, content: bytes) -> None:
        part, self.state.stall_after = content[: self.state.stall_after], None
        self.wfile.write(part)
        self.wfile.flush()
        self.state.stalled.set()
        self.close_connection = True
        self.state.over.wait()

    def _fail(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("X-Error-Code", "EntryNotFound" if status == 404 else "")
        self.end_headers()


def published_shapes(
    width: int = 192, layers: int = 12, classes: int = 345, slots: int = 196
) -> dict[str, tuple[int, ...]]:
    """The exact keys and shapes of the papers' checkpoints, leftovers included; the defaults are the Tiny's."""
    shapes = dict(_embedding_shapes(width, slots))
    for layer in range(layers):
        shapes |= {f"vit.encoder.layer.{layer}.{key}": shape for key, shape in _block_shapes(width)}
    shapes |= dict(_linear("vit.layernorm", width)) | dict(_linear("vit.fc", classes, width))
    return shapes | dict(_linear("classifier", 1000, width))


def published_tensors(
    width: int = 192, layers: int = 12, classes: int = 345, slots: int = 196, seed: int = 0
) -> dict[str, torch.Tensor]:
    """Random float32 tensors in the published layout."""
    generator = torch.Generator().manual_seed(seed)
    shapes = published_shapes(width, layers, classes, slots)
    return {key: 0.1 * torch.randn(shape, generator=generator) for key, shape in shapes.items()}


def _linear(name: str, outputs: int, *inputs: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (outputs, *inputs)
    yield f"{name}.bias", (outputs,)


def _embedding_shapes(width: int, slots: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    prefix = "vit.embeddings."
    yield prefix + "cls_token", (1, 1, width)
    yield prefix + "position_embeddings", (1, 197, width)
    yield from _linear(prefix + "patch_embeddings.projection", width, 3, 16, 16)
    for layer, inputs in ((0, 4), (1, width)):
        for direction in ("", "_reverse"):
            yield f"{prefix}stroke_embeddings.weight_ih_l{layer}{direction}", (2 * width, inputs)
            yield f"{prefix}stroke_embeddings.weight_hh_l{layer}{direction}", (2 * width, width // 2)
            yield f"{prefix}stroke_embeddings.bias_ih_l{layer}{direction}", (2 * width,)
            yield f"{prefix}stroke_embeddings.bias_hh_l{layer}{direction}", (2 * width,)
    yield prefix + "order_embeddings.weight", (slots, width)
    yield from _linear(prefix + "location_embeddings", width, 2)


def _block_shapes(width: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    for part in ("query", "key", "value"):
        yield from _linear(f"attention.attention.{part}", width, width)
    yield from _linear("attention.output.dense", width, width)
    yield from _linear("intermediate.dense", 4 * width, width)
    yield from _linear("output.dense", width, 4 * width)
    yield from _linear("layernorm_before", width)
    yield from _linear("layernorm_after", width)
