"""Disks that are full or cannot be written: a small one of their own where this user may mount it, else stand-ins."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class Disk:
    """folder: on the disk. mounted: whether it is a file system of its own."""

    folder: Path
    mounted: bool

    @contextmanager
    def full(self) -> Iterator[None]:
        """Nothing more fits while the block runs; without a disk of its own no file of this process may grow."""
        if not self.mounted:
            before = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
            try:
                yield
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
            return
        filler = self.folder.parent / "filler"
        fill(filler)
        try:
            yield
        finally:
            filler.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Nothing may be written while the block runs."""
        if self.mounted:
            remount(self.folder.parent, "ro")
        else:
            set_modes(self.folder, 0o555)
        try:
            yield
        finally:
            if self.mounted:
                remount(self.folder.parent, "rw")
            else:
                set_modes(self.folder, 0o755)


def fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)


def set_modes(folder: Path, mode: int) -> None:
    for each in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        each.chmod(mode)


def remount(place: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(place)], check=True)


@pytest.fixture(params=["limit", "disk of its own"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = request.param != "limit"
    if (
        mounted
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], capture_output=True
        ).returncode
    ):
        pytest.skip("needs the right to mount a small disk")
    (place / "folder").mkdir()
    yield Disk(place / "folder", mounted)
    if mounted:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def locked(disk: Disk) -> Disk:
    """A disk that can be made read-only for this user."""
    if not disk.mounted and os.geteuid() == 0:
        pytest.skip("root may write anywhere but on a disk that is mounted read-only")
    return disk
