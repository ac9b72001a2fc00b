"""`kill -9` at random moments: what was saved can be read, the next run goes on, and ends as if nothing had been."""

import ast
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from sketchlib.models.cards import WeightFile, Weights, find_card, write_card
from tests.faults.forks import KILLS
from tests.hub_stand_in import StandIn, serving

ROOT = Path(__file__).resolve().parents[2]

TRAINING = """
import hashlib, sys
from dataclasses import replace
from pathlib import Path
import torch
torch.set_num_threads(1)
from sketchlib.train import loop
from sketchlib.train.loop import Schedule
from tests.faults.forks import survive
{build}
loop._tensorboard = lambda folder: None

def work(folder):
    started(folder).run()

def check(folder):
    if not (folder / "state.pt").exists():
        return 0, ""
    state = torch.load(folder / "state.pt", weights_only=True)
    parts = ("network", "average")
    content = b"".join(state[part][name].numpy().tobytes() for part in parts for name in sorted(state[part]))
    rows = [row.split(",") for row in (folder / "log.csv").read_text().splitlines()]
    assert all(len(row) == len(rows[0]) for row in rows)
    return state["step"], hashlib.sha256(content).hexdigest()

survive(work, Path(sys.argv[1]), check)
"""

RECOGNISE = """
from tests.train.test_recognise import a_recipe, a_run

def started(folder):
    recipe = a_recipe("sketchxainet")
    return a_run(folder, replace(recipe, schedule=replace(recipe.schedule, steps=60)))
"""

STUDENT = """
from tests.train.retrieval import test_stages
from tests.train.retrieval.toys import pairs

toys = pairs(Path(sys.argv[1]))
human = test_stages.pool_of(toys.photos, 64, test_stages.sketched(toys))
pools = [human, test_stages.Pool(human.lines, None)]

def started(folder):
    schedule = Schedule(6, 1e-3, warmup=1, ema=0.5, save_seconds=-1, evaluate_steps=100)
    return test_stages.a_student(pools, toys, folder, schedule, chances=(1.0, 0.5, 0.0, 0.0))
"""


def survived(script: str, *arguments: object) -> list[tuple[str, object]]:
    """(when, what the script's check said) of each line it printed."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    lines = [line.partition(" ") for line in run.stdout.splitlines()]
    return [(when, ast.literal_eval(said)) for when, _, said in lines]


@pytest.mark.parametrize(("build", "steps"), [(RECOGNISE, 60), (STUDENT, 6)], ids=["recognise", "retrieve student"])
def test_training_goes_on_and_ends_with_the_same_weights(build: str, steps: int, tmp_path: Path) -> None:
    said = survived(TRAINING.replace("{build}", build), tmp_path)
    assert sum(when == "killed" for when, _ in said) == KILLS
    before = 0
    for when, (step, weights) in said:
        assert step >= before
        before = step if when == "killed" else 0
        assert (when == "killed") or (step, weights) == (steps, said[-1][1][1])
    assert any(0 < step < steps for when, (step, _) in said if when == "killed")
    assert {path.name for path in (tmp_path / "killed").iterdir()} == {"state.pt", "log.csv"}


GALLERY = """
import hashlib, sys
from pathlib import Path
from sketchlib.errors import FormatError
from sketchlib.retrieval import Gallery, collection
from sketchlib.retrieval.model import load_retriever
from tests.faults.forks import survive
import torch
torch.set_num_threads(1)
collection.PHOTOS_TOGETHER = 4
photos = load_retriever("sketchynet-v4").photos
source, folder = Path(sys.argv[1]), Path(sys.argv[2])

class Counting:
    identity, dimension = photos.identity, photos.dimension

    def __init__(self, log):
        self.log = log

    def embed_photos(self, batch):
        with self.log.open("a") as file:
            file.writelines(f"{hashlib.sha256(photo.tobytes()).hexdigest()}\\n" for photo in batch)
        return photos.embed_photos(batch)

def work(target):
    Gallery.build(source, Counting(folder / f"{target.name}.log"), target)

def check(target):
    try:
        Gallery.load(target, photos)
    except FormatError:
        pass
    embedded = (folder / f"{target.name}.log").read_text().split() if (folder / f"{target.name}.log").exists() else []
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(target.glob("*"))}
    return {"embedded": len(embedded), "different": len(set(embedded)), "files": files}

survive(work, folder, check)
"""


def test_a_gallery_is_the_same_and_only_what_is_missing_is_embedded(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    shipped = sorted((ROOT / "gallery" / "photo").glob("*.jpg"))[:48]
    for photo in shipped:
        shutil.copy(photo, photos)
    *others, (_, whole), (_, ended) = survived(GALLERY, photos, tmp_path / "out")
    assert sum(when == "killed" for when, _ in others) == KILLS
    (name,) = [name for name in ended["files"] if name.startswith("vectors-")]
    same, other = (np.load(tmp_path / "out" / folder / name) for folder in ("whole", "killed"))
    # A batch that a kill has cut is another batch when it goes on: sums differ in their last bits.
    assert np.abs(same - other).max() < 1e-6
    assert whole["files"] | {name: ""} == ended["files"] | {name: ""}
    assert {name.partition("-")[0] for name in ended["files"]} == {"gallery.json", "vectors", "thumbnails", "lock"}
    runs = 1 + sum(when == "done" for when, _ in others)
    assert ended["different"] == len(shipped)
    # A kill loses the batch at work, and nothing that was embedded before it.
    assert runs * len(shipped) <= ended["embedded"] <= runs * len(shipped) + 4 * KILLS


HUB = """
import sys
from huggingface_hub import constants
from sketchlib.models.cards import card_tensors, read_card
constants.DOWNLOAD_CHUNK_SIZE = 10_000
(tensor,) = card_tensors(read_card(sys.argv[1]), progress=False).values()
sys.stdout.write(str(tensor.sum().item()))
"""
BUCKET = """
import sys
from pathlib import Path
from sketchlib.data import download as module
from sketchlib.data.quickdraw import fetch
module.CHUNK = 10_000
(path,) = fetch(["cat"], Path(sys.argv[2]), sys.argv[1] + "/sketchrnn", progress=False)
sys.stdout.write(str(len(path.read_bytes())))
"""


def killed_when_stalled(stand_in: StandIn, script: str, *arguments: object, home: Path) -> subprocess.CompletedProcess:
    """The script is killed while the server says no more, then run again; gives that second run."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    environment |= {"HF_ENDPOINT": stand_in.url, "HF_HOME": str(home)}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    first = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    assert stand_in.stalled.wait(60)
    time.sleep(0.3)  # what was sent is read
    first.kill()
    assert first.wait() == -signal.SIGKILL
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_a_download_from_the_hub_is_taken_up_and_verified(tmp_path: Path) -> None:
    tensor = torch.arange(100_000, dtype=torch.int32)
    content = safetensors.torch.save({"numbers": tensor})
    file = WeightFile("model.safetensors", hashlib.sha256(content).hexdigest(), len(content))
    write_card(
        replace(find_card("sketchcnn66"), weights=Weights((file,), "someone/toy", "0" * 40)), tmp_path / "a.toml"
    )
    with serving() as hub:
        hub.publish("someone/toy", file.file, content)
        hub.stall_after = 250_000
        done = killed_when_stalled(hub, HUB, tmp_path / "a.toml", home=tmp_path / "home")
        assert (done.returncode, done.stdout.strip()) == (0, str(tensor.sum().item())), done.stderr
    # The Hub's client begins such a file anew, and forgets the part.
    found = [path for path in (tmp_path / "home").rglob("*") if path.is_file() and path.stat().st_size > 1000]
    parts = [path for path in found if path.suffix == ".incomplete"]
    assert [100_000 < path.stat().st_size < len(content) for path in parts] == [True]
    assert {path.read_bytes() for path in found if path not in parts} == {content}


def test_a_download_of_drawings_is_taken_up_and_verified(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.savez(file, train=np.random.default_rng(0).integers(0, 9, (50_000, 3)))
    with serving() as bucket:
        bucket.files["/sketchrnn/cat.npz"] = file.getvalue()
        bucket.stall_after = len(file.getvalue()) // 2
        done = killed_when_stalled(bucket, BUCKET, bucket.url, tmp_path / "out", home=tmp_path)
        assert (done.returncode, done.stdout.strip()) == (0, str(len(file.getvalue()))), done.stderr
        whole, rest = bucket.downloads()
    assert whole is None
    assert int(rest.removeprefix("bytes=").rstrip("-")) > 100_000
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"cat.npz"}
    assert (tmp_path / "out" / "cat.npz").read_bytes() == file.getvalue()
