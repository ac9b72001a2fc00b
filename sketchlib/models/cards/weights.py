"""Weights: found or fetched, verified, and only then read; and written as float16 safetensors."""

import errno
import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketchlib.errors import CheckpointError, DownloadError
from sketchlib.io.writing import write_file
from sketchlib.models.cards.card import Card, Graph, WeightFile, Weights

if TYPE_CHECKING:
    import torch

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST)
"""What an operating system says of a folder that cannot be written."""

SHARD_BYTES = 9_500_000
"""A weight file in git stays under 10 MB, so that the repository pushes to a Space as it is."""


def card_tensors(card: Card, weights: str | Path | None = None, progress: bool = True) -> dict[str, "torch.Tensor"]:
    """Every tensor of the card, by state-dict key, in the stored dtype on the CPU: `resolve`, then `load_tensors`.

    Raises CheckpointError or DownloadError, see there.
    """
    tensors: dict[str, torch.Tensor] = {}
    for file, path in zip(card.weights.files, resolve(card, weights, progress), strict=True):
        tensors |= load_tensors(path, file.sha256, file.bytes)
    return tensors


def resolve(card: Card, weights: str | Path | None = None, progress: bool = True) -> tuple[Path, ...]:
    """One path for each of the card's weight files, not yet verified.

    The order: `weights` (a file, or a folder with the card's files), beside the card, the Hub's cache, the Hub.
    progress: show a bar on stderr while something is downloaded.
    Raises CheckpointError when a file is nowhere, DownloadError when the Hub does not deliver it.
    """
    files = card.weights.files
    if weights is not None:
        return _given(files, Path(weights))
    beside = tuple((card.folder or Path()) / file.file for file in files)
    if all(path.is_file() for path in beside):
        return beside
    if card.weights.repository:
        return tuple(_from_hub(card.weights, file.file, progress) for file in files)
    absent = next(path for path in beside if not path.is_file())
    raise CheckpointError(f"the weights of {card.title} lie beside its card, {absent} is missing: run `{card.command}`")


def load_tensors(path: str | Path, sha256: str, bytes: int | None = None) -> dict[str, "torch.Tensor"]:  # noqa: A002
    """Tensors by key from .safetensors, or from the papers' own .bin (a zip of plain tensors), on the CPU.

    The size and sha256 of the very bytes that are deserialised are checked first, and no code in a file is ever run.
    Raises CheckpointError for a missing or changed file, another file type, or a pickle of anything but tensors.
    """
    path = Path(path)
    readers = {".safetensors": _read_safetensors, ".bin": _read_plain_pickle}
    if path.suffix not in readers:
        raise CheckpointError(f"weights are .safetensors or the papers' own .bin files, got {path}")
    content = _verified(path, sha256, bytes)
    try:
        tensors: Any = readers[path.suffix](content)
    except Exception as error:  # What a damaged or hostile file makes its reader raise has no common class.
        reason = str(error).strip().partition("\n")[0].partition(". ")[0]
        raise CheckpointError(f"a weight file holds plain tensors only, {path} is refused: {reason}") from None
    return _tensors_by_name(tensors, path)


def card_graphs(card: Card) -> dict[int, bytes]:
    """The card's int8 graphs by side, verified like weights; CheckpointError for one that is missing or changed."""
    folder = card.folder or Path()
    return {graph.side: _verified(folder / graph.file, graph.sha256, graph.bytes) for graph in card.graphs}


def save_tensors(tensors: Mapping[str, "torch.Tensor"], path: str | Path) -> tuple[WeightFile, ...]:
    """Writes floating tensors as float16 (others as they are) in safetensors files under 9.5 MB, each as a whole.

    path: ends in .safetensors; several shards become <stem>-1-of-<n>.safetensors and so on.
    Returns what a card's weights.files holds.
    Raises CheckpointError when float16 cannot hold a value, or a shard a tensor; and as `write_file`.
    """
    import safetensors.torch

    path = Path(path)
    halves = {key: _half(key, tensor) for key, tensor in tensors.items()}
    shards = _shards(halves)
    written = []
    for number, keys in enumerate(shards, 1):
        name = path.name if len(shards) == 1 else f"{path.stem}-{number}-of-{len(shards)}{path.suffix}"
        content = safetensors.torch.save({key: halves[key] for key in keys})
        write_file(path.with_name(name), content)
        written.append(WeightFile(name, *_told(content)))
    return tuple(written)


def save_graph(content: bytes, path: Path, side: int) -> Graph:
    """Writes an ONNX file as a whole; returns what a card's graphs hold."""
    write_file(path, content)
    return Graph(path.name, *_told(content), side=side)


def _told(content: bytes) -> tuple[str, int]:
    return hashlib.sha256(content).hexdigest(), len(content)


def _given(files: tuple[WeightFile, ...], weights: Path) -> tuple[Path, ...]:
    paths = tuple(weights / file.file for file in files) if weights.is_dir() else (weights,)
    if len(paths) != len(files):
        raise CheckpointError(f"these weights are {len(files)} files: name their folder, got {weights}")
    for path in paths:
        if not path.is_file():
            raise CheckpointError(f"the weights you name exist, got no such file: {path}")
    return paths


def _from_hub(weights: Weights, file: str, progress: bool) -> Path:
    import huggingface_hub
    from tqdm.auto import tqdm

    class Silent(tqdm):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **{**options, "disable": True})

    revision = weights.revision
    cached = huggingface_hub.try_to_load_from_cache(weights.repository, file, revision=revision)
    if isinstance(cached, str):
        return Path(cached)
    bar = None if progress else Silent
    try:
        # Without a network the download below would retry for half a minute; this asks once.
        huggingface_hub.get_hf_file_metadata(huggingface_hub.hf_hub_url(weights.repository, file, revision=revision))
        path = huggingface_hub.hf_hub_download(weights.repository, file, revision=revision, tqdm_class=bar)
    except Exception as error:  # The client's HTTP library, and so its errors' classes, changes between versions.
        raise DownloadError(_why_not(weights.repository, file, error)) from None
    return Path(path)


def published_weights(repository: str, file: str) -> Weights:
    """What the Hub serves now as this file of owner/name, pinned: its commit, SHA-256 and size, by the Hub's word.

    Raises DownloadError when the Hub does not answer, CheckpointError when it states no SHA-256.
    """
    import huggingface_hub

    try:
        found = huggingface_hub.get_hf_file_metadata(huggingface_hub.hf_hub_url(repository, file))
    except Exception as error:  # See _from_hub.
        raise DownloadError(_why_not(repository, file, error)) from None
    return Weights((WeightFile(file, found.etag or "", found.size),), repository, found.commit_hash or "")


def _why_not(repository: str, file: str, error: Exception) -> str:
    from huggingface_hub import constants
    from huggingface_hub.errors import HfHubHTTPError

    wanted = f"{file} of {repository} could not be fetched from {constants.ENDPOINT}"
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        where = f"the Hub's cache, {constants.HF_HUB_CACHE}"
        return f"{wanted} into {where} ({error.strerror}): make room there, or name another folder in HF_HOME"
    reason = str(error).strip().partition("\n")[0] or type(error).__name__
    if isinstance(error, HfHubHTTPError):
        reason = f"it answers {error.response.status_code}"
    return f"{wanted} ({reason}): check the network, or put the file beside its card"


def _verified(path: Path, sha256: str, size: int | None) -> bytes:
    content = _read(path)
    found, length = _told(content)
    if size is not None and length != size:
        raise CheckpointError(f"{path} has {size} bytes by its card, got {length}: fetch it again")
    if found != sha256:
        raise CheckpointError(f"{path} has sha256 {sha256} by its card, got {found}: delete it and fetch it again")
    return content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"weights are a readable file, got {error.strerror}: {path}") from None


def _read_safetensors(content: bytes) -> dict[str, "torch.Tensor"]:
    import safetensors.torch

    return safetensors.torch.load(content)


def _read_plain_pickle(content: bytes) -> Any:
    import torch

    if not content.startswith(b"PK"):
        raise ValueError("it is not the zip that torch.save writes")
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def _tensors_by_name(loaded: Any, path: Path) -> dict[str, "torch.Tensor"]:
    import torch

    tensors = dict(loaded) if isinstance(loaded, dict) else {}
    plain = all(isinstance(key, str) and isinstance(tensor, torch.Tensor) for key, tensor in tensors.items())
    if not tensors or not plain:
        raise CheckpointError(f"a weight file is tensors by name, got another {type(loaded).__name__}: {path}")
    return tensors


def _half(key: str, tensor: "torch.Tensor") -> "torch.Tensor":
    stored = tensor.detach().cpu().clone().contiguous()
    if not stored.is_floating_point():
        return stored
    stored = stored.half()
    if not stored.isfinite().all():
        raise CheckpointError(f"float16 holds finite values up to 65504, {key} has larger ones, infinity or NaN")
    return stored


def _shards(tensors: Mapping[str, "torch.Tensor"]) -> list[list[str]]:
    shards: list[list[str]] = [[]]
    room = SHARD_BYTES
    for key, tensor in tensors.items():
        # Besides its values a tensor takes its key, dtype, shape and offsets in the header.
        size = tensor.nbytes + len(key) + 200
        if size > SHARD_BYTES:
            raise CheckpointError(f"a tensor fits into one file of {SHARD_BYTES} bytes, {key} has {size}")
        if size > room:
            shards.append([])
            room = SHARD_BYTES
        shards[-1].append(key)
        room -= size
    return shards
