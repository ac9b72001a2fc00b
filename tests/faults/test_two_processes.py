"""Two programs that begin with one empty cache at the same moment: both are right, and no part of a file is left."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demos.ui import photos
from sketchlib.models import cards
from tests.hub_stand_in import serving
from tests.models.test_cards import REPOSITORY, hub_card

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240
GATE = """
import pathlib, sys, time
pathlib.Path(sys.argv[1], sys.argv[2]).touch()
while not pathlib.Path(sys.argv[1], "go").exists():
    time.sleep(0.001)
"""
"""Both have loaded what they need, and begin together."""

DOWNLOAD = (
    """
from sketchlib.models.cards import read_card, resolve
import huggingface_hub
"""
    + GATE
    + """
print(resolve(read_card(sys.argv[3]), progress=False)[0].read_bytes().hex())
"""
)

GALLERY = (
    """
import hashlib, pathlib, sys
from demos.ui import photos
photos.PHOTOS = pathlib.Path(sys.argv[3])
photos.retriever()
"""
    + GATE
    + """
found = photos.shipped()
print(len(found), hashlib.sha256(found.vectors.tobytes() + found.contents.thumbnails.tobytes()).hexdigest())
"""
)

COMPILED = (
    """
import sys
sys.path.insert(0, sys.argv[3])
import small
"""
    + GATE
    + """
print(small.total(1000))
"""
)
SMALL = """
from sketchlib.raster.kernel import compiled

@compiled
def total(count):
    found = 0
    for number in range(count):
        found += number
    return found
"""


def together(tmp_path, code, *arguments, **environment):
    """What two processes print that are let go at the same moment, with homes that are one empty folder."""
    home = tmp_path / "home"
    home.mkdir()
    places = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "HF_HOME": str(home / "hub")}
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    variables = {**inherited, **places, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **environment}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), str(number), *map(str, arguments)],
            env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(2)
    ]  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while not all((tmp_path / str(number)).exists() for number in range(2)):
        assert time.monotonic() < deadline
        assert all(process.poll() in (None, 0) for process in running), [each.communicate() for each in running]
        time.sleep(0.01)
    (tmp_path / "go").touch()
    said = [process.communicate(timeout=PATIENCE) for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    return [out.strip() for out, _ in said], home


def unfinished(home):
    """Files that a writer has not put in their place."""
    return [path.name for path in home.rglob("*") if path.suffix in (".partial", ".incomplete", ".tmp")]


def test_both_download_the_same_weights_into_one_cache(tmp_path):
    content = os.urandom(300_000)
    cards.write_card(hub_card(content), tmp_path / "toy-v2.toml")
    with serving() as hub:
        hub.publish(REPOSITORY, "pytorch_model.bin", content)
        said, home = together(tmp_path, DOWNLOAD, tmp_path / "toy-v2.toml", HF_ENDPOINT=hub.url)
    assert said == [content.hex()] * 2
    assert unfinished(home) == []


def test_both_embed_the_gallery_that_ships_into_one_cache(tmp_path):
    if reason := photos.why_not():
        pytest.skip(reason)
    (tmp_path / "photos").mkdir()
    for path in sorted(photos.PHOTOS.glob("*.jpg"))[:6]:
        shutil.copy(path, tmp_path / "photos")
    said, home = together(tmp_path, GALLERY, tmp_path / "photos")
    assert said[0] == said[1]
    assert said[0].startswith("6 ")
    (folder,) = (home / "cache" / "strokescope").iterdir()
    assert sorted(path.name.split("-")[0] for path in folder.iterdir()) == [
        "gallery.json",
        "lock",
        "thumbnails",
        "vectors",
    ]
    assert unfinished(home) == []


def test_both_compile_the_same_code_into_one_cache(tmp_path):
    (tmp_path / "small.py").write_text(SMALL)
    said, home = together(tmp_path, COMPILED, tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "home" / "numba"))
    assert said == ["499500"] * 2
    assert [path.suffix for path in home.rglob("*.nbc")] == [".nbc"]
    assert unfinished(home) == []
