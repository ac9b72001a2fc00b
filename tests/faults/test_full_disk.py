"""A full disk: every writer says one sentence, and what was there stays as it was."""

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from demos.ui.files import open_file
from sketchlib import cli
from sketchlib.data.download import download
from sketchlib.data.store import pack
from sketchlib.errors import DownloadError, InputError
from sketchlib.io import read_sketches, write_sketches
from sketchlib.models import cards
from sketchlib.retrieval import Gallery
from sketchlib.sketch import Sketch
from sketchlib.train import loop
from tests.faults.conftest import Disk
from tests.hub_stand_in import point_client_at, serving
from tests.models.test_cards import REPOSITORY, a_card, hub_card
from tests.retrieval.toys import ToyEncoder, write_photos
from tests.train.test_loop import Schedule, toy

ROOT = Path(__file__).resolve().parents[2]
BICYCLE = ROOT / "demos" / "examples" / "01-bicycle.json"
SENTENCE = r"(room and permission|room in it), got (No space left|File too large|[0-9]+ requested and [0-9]+ written)"


def sketch(version: int) -> Sketch:
    return Sketch.from_points([[[0, 0], [1, version / 255]]], "line")


def write_format(suffix: str) -> Callable[[Path, int], None]:
    return lambda folder, version: write_sketches(folder / f"sketch{suffix}", [sketch(version)])


def write_card(folder: Path, version: int) -> None:
    cards.write_card(a_card(version=version), folder / "toy.toml")


def write_tensors(folder: Path, version: int) -> None:
    cards.save_tensors({"weight": torch.full((5000,), float(version))}, folder / "toy.safetensors")


def write_state(folder: Path, version: int) -> None:
    loop.save_atomically({"step": version, "weights": torch.zeros(5000)}, folder / "state.pt")


def write_store(folder: Path, version: int) -> None:
    pack([(sketch(version), "train")] * 50, folder / "store", ("line",), "here")


def write_gallery(folder: Path, version: int) -> None:
    Gallery.build(folder.parent.parent / f"photos-{version}", ToyEncoder(), folder / "gallery")


WRITERS: dict[str, Callable[[Path, int], None]] = {
    **{f"sketch{suffix}": write_format(suffix) for suffix in (".ndjson", ".ndjson.gz", ".json", ".svg", ".npy")},
    "card": write_card,
    "tensors": write_tensors,
    "training state": write_state,
    "store": write_store,
    "gallery": write_gallery,
}


def contents(folder: Path) -> dict[str, bytes]:
    """What is in a folder but for the journal of a gallery, from which a build goes on, and its lock."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in ("journal", "lock"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_says_a_sentence_and_leaves_what_was_there(disk: Disk, tmp_path: Path, writer: str) -> None:
    write = WRITERS[writer]
    for version in (1, 2):
        write_photos(tmp_path / f"photos-{version}", range(2 + version))
    with disk.full(), pytest.raises(InputError, match=SENTENCE) as caught:
        write(disk.folder, 1)
    assert "\n" not in str(caught.value)
    assert contents(disk.folder) == {}
    write(disk.folder, 1)
    before = contents(disk.folder)
    assert before
    with disk.full(), pytest.raises(InputError):
        write(disk.folder, 2)
    assert contents(disk.folder) == before
    write(disk.folder, 2)
    assert contents(disk.folder) != before
    assert all("partial" not in name for name in contents(disk.folder))


def test_a_run_says_a_sentence_and_goes_on_when_there_is_room(disk: Disk, monkeypatch) -> None:
    monkeypatch.setattr(loop, "_tensorboard", lambda folder: None)
    schedule = Schedule(8, 0.05, save_seconds=-1, evaluate_steps=5)
    run = toy(disk.folder, schedule=schedule)
    train_one, steps = run._train_one, []

    def until_full(batch: object) -> float:
        steps.append(run.step)
        return train_one(batch)

    monkeypatch.setattr(run, "_train_one", until_full)
    save = run.save

    def saving() -> None:
        if run.step < 4:
            save()
        else:
            with disk.full():
                save()

    monkeypatch.setattr(run, "save", saving)
    with pytest.raises(InputError, match=SENTENCE):
        run.run()
    assert steps == [0, 1, 2, 3]
    assert set(contents(disk.folder)) == {"state.pt", "log.csv"}
    again = toy(disk.folder, schedule=schedule)
    assert again.step == 3
    again.run()
    assert loop.read_state(again.state_path)["step"] == 8


def write_rows(log: loop.Log, count: int) -> None:
    for step in range(100, 100 + count):
        log.write(step=step, loss=0.25)


def test_the_log_of_a_run_says_a_sentence_and_loses_only_its_last_row(disk: Disk, monkeypatch) -> None:
    monkeypatch.setattr(loop, "_tensorboard", lambda folder: None)
    log = loop.Log(disk.folder, 0)
    log.write(step=50, loss=0.5)
    with disk.full(), pytest.raises(InputError, match=SENTENCE):
        write_rows(log, 10_000)
    loop.Log(disk.folder, 50)
    header, row = (disk.folder / "log.csv").read_text().splitlines()
    assert header.startswith("step,seconds,loss")
    assert row.startswith("50,,0.5,")


def test_a_download_keeps_its_part_and_goes_on(disk: Disk) -> None:
    content = np.random.default_rng(0).bytes(3_000_000)
    with serving() as server:
        server.files["/file"] = content
        asked = f"{server.url}/file", disk.folder / "file", lambda path: None, "file", False
        with disk.full(), pytest.raises(DownloadError, match="file cannot be written") as caught:
            download(*asked)
        assert "\n" not in str(caught.value)
        assert not (disk.folder / "file").exists()
        assert download(*asked).read_bytes() == content
    assert set(contents(disk.folder)) == {"file"}


def test_the_hubs_cache_is_named(disk: Disk, tmp_path: Path, monkeypatch) -> None:
    content = safetensors.torch.save({"weight": torch.zeros(100_000)})
    with serving() as hub:
        point_client_at(hub.url, monkeypatch, disk.folder)
        hub.publish(REPOSITORY, "model.safetensors", content)
        card = hub_card(content, "model.safetensors")
        with disk.full(), pytest.raises(DownloadError, match=r"into the Hub's cache, .*make room there, or") as caught:
            cards.card_tensors(card, progress=False)
        assert "\n" not in str(caught.value)
        assert len(cards.card_tensors(card, progress=False)) == 1


COMMANDS = {
    "explain": ["explain", str(BICYCLE), "--method", "ink_length", "--out", "DISK/heat.svg"],
    "attack": ["attack", str(BICYCLE), "--out", "DISK"],
    "invert": ["invert", str(BICYCLE), "--iterations", "1", "--out", "DISK"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_ends_with_a_sentence(disk: Disk, capsys, command: str) -> None:
    arguments = [each.replace("DISK", str(disk.folder)) for each in COMMANDS[command]]
    assert cli.main(arguments) == 0
    before = contents(disk.folder)
    capsys.readouterr()
    with disk.full():
        assert cli.main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: a file is written where there is room and permission, got ")
    assert len(said.splitlines()) == 1
    assert contents(disk.folder) == before


def test_a_file_that_a_visitor_opens_is_a_sentence(disk: Disk, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
    request = {"name": "a.json", "data": base64.b64encode(BICYCLE.read_bytes()).decode()}
    with disk.full():
        assert open_file(request)["error"].startswith("a file is opened where there is room for a copy, got ")
    assert contents(disk.folder) == {}
    assert len(open_file(request)["sketch"]["strokes"]) == len(next(iter(read_sketches(BICYCLE))))


def output_to(target: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "sketchlib", "predict", str(BICYCLE)]
    return subprocess.run(command, cwd=ROOT, stdout=target, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_nobody_can_take_is_a_sentence() -> None:
    with open("/dev/full", "w") as full:
        done = output_to(full)
    assert done.returncode == 2
    assert done.stderr.startswith("error: a command reads and writes where there is room and permission, got ")
    assert len(done.stderr.splitlines()) == 1


def test_output_that_nobody_wants_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = output_to(writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
