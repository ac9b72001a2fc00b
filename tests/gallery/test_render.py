"""The render script, where Blender's module is installed."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gallery.designs import Design

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def blender() -> None:
    pytest.importorskip("bpy", reason="needs the extra `gallery` (Blender as a Python module)")


def render(folder: Path, count: int) -> str:
    command = [sys.executable, "-m", "gallery.render", "--out", str(folder), "--count", str(count)]
    options = ["--twins", "1", "--side", "48", "--samples", "2", "--seed", "3"]
    run = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.usefixtures("blender")
def test_a_run_that_goes_on_ends_as_one_that_was_never_stopped(tmp_path: Path) -> None:
    assert render(tmp_path / "at once", 4) == ""
    render(tmp_path / "twice", 2)
    first = (tmp_path / "twice" / "photo" / "kitchen-chair-0000a.jpg").stat().st_mtime_ns
    render(tmp_path / "twice", 4)
    assert (tmp_path / "twice" / "photo" / "kitchen-chair-0000a.jpg").stat().st_mtime_ns == first
    assert digests(tmp_path / "twice") == digests(tmp_path / "at once")


@pytest.mark.usefixtures("blender")
def test_a_photo_is_where_its_lines_are(tmp_path: Path) -> None:
    render(tmp_path, 2)
    items = json.loads((tmp_path / "items.json").read_text())["items"]
    for item in items:
        photo = np.asarray(Image.open(tmp_path / "photo" / item["photo"]).convert("L"))
        assert photo.shape == (48, 48)
        design = Design(**{name: value for name, value in item.items() if name not in ("photo", "kind")})
        parts = design.parts()
        points = design.view(parts).project(np.concatenate([part.vertices for part in parts]))[0] * 48
        rows, columns = np.nonzero(photo < 225)
        assert (columns.min(), rows.min()) == pytest.approx(points.min(axis=0), abs=2)
        assert (columns.max() + 1, rows.max() + 1) == pytest.approx(points.max(axis=0), abs=2)
