"""Folders that may be read and not written: what can do without them does, the rest says one sentence."""

from pathlib import Path

import pytest
import safetensors.torch
import torch

from demos.ui import photos
from sketchlib.errors import DownloadError, InputError
from sketchlib.io.writing import write_file
from sketchlib.models import cards
from sketchlib.retrieval import Gallery
from tests.faults.conftest import Disk
from tests.hub_stand_in import point_client_at, serving
from tests.models.test_cards import REPOSITORY, hub_card
from tests.retrieval.toys import ToyEncoder, write_photos


class ToyRetriever:
    photos = ToyEncoder()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gallery that ships, of three toy photos."""
    write_photos(tmp_path / "photos", range(3))
    monkeypatch.setattr(photos, "PHOTOS", tmp_path / "photos")
    monkeypatch.setattr(photos, "retriever", ToyRetriever)
    photos._shipped.cache_clear()
    yield
    photos._shipped.cache_clear()


def test_a_file_is_a_sentence(locked: Disk) -> None:
    write_file(locked.folder / "file", "old")
    with locked.read_only(), pytest.raises(InputError, match=r"room and permission, got (Read-only|Permission)"):
        write_file(locked.folder / "file", "new")
    assert (locked.folder / "file").read_text() == "old"


def test_the_app_does_without_its_cache(locked: Disk, shop: None, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(locked.folder))
    with locked.read_only():
        gallery = photos.shipped()
    assert gallery.names == ("000.png", "001.png", "002.png")
    assert list(locked.folder.iterdir()) == []


def test_the_app_reads_a_cache_that_it_may_not_write(locked: Disk, shop: None, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(locked.folder))
    before = photos.shipped()
    photos._shipped.cache_clear()
    with locked.read_only():
        assert photos.shipped().manifest == before.manifest


def test_a_full_disk_leaves_the_app_without_a_cache(disk: Disk, shop: None, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(disk.folder))
    with disk.full():
        assert len(photos.shipped()) == 3


def test_a_gallery_in_a_folder_is_searched_where_nothing_may_be_written(locked: Disk, tmp_path: Path) -> None:
    write_photos(tmp_path / "photos", range(3))
    Gallery.build(tmp_path / "photos", ToyEncoder(), locked.folder)
    with locked.read_only():
        gallery = Gallery.load(locked.folder, ToyEncoder())
        assert gallery.search(gallery.vectors, 1).names == (("000.png",), ("001.png",), ("002.png",))


def test_what_is_in_the_hubs_cache_is_read_and_the_rest_is_a_sentence(locked: Disk, monkeypatch) -> None:
    content = safetensors.torch.save({"weight": torch.zeros(100)})
    with serving() as hub:
        point_client_at(hub.url, monkeypatch, locked.folder)
        for name in ("here.safetensors", "there.safetensors"):
            hub.publish(REPOSITORY, name, content)
        cards.card_tensors(hub_card(content, "here.safetensors"), progress=False)
        with locked.read_only():
            assert len(cards.card_tensors(hub_card(content, "here.safetensors"), progress=False)) == 1
            with pytest.raises(DownloadError, match=r"into the Hub's cache, .*make room there, or name another"):
                cards.card_tensors(hub_card(content, "there.safetensors"), progress=False)
