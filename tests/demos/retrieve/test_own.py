"""Photos of one's own: taken with what is wrong told, off the disk at once, for one visitor, and forgotten."""

import zipfile

import pytest

from demos.retrieve import own
from sketchlib.errors import InputError
from tests.demos.retrieve.furniture import png, write_photos


def upload(folder, name, content):
    """As Gradio does: each file in a folder of its own."""
    path = folder / f"of {name}" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return str(path)


def test_good_photos_are_taken_and_bad_ones_told(shop, tmp_path):
    files = [upload(tmp_path, name, png(seed)) for seed, name in enumerate(("a.png", "b.png"))]
    files += [upload(tmp_path, "same.png", png(0)), upload(tmp_path, "broken.jpg", b"no photo")]
    seen = []
    gallery = own.from_upload(files, lambda done, total: seen.append((done, total)))
    assert gallery.names == ("a.png", "b.png")
    assert gallery.duplicates == {"same.png": "a.png"}
    assert [problem.name for problem in gallery.problems] == ["broken.jpg"]
    assert seen[-1] == (4, 4)
    assert list(tmp_path.rglob("*")) == []


def test_a_zip_is_read_where_it_lies(shop, tmp_path):
    path = tmp_path / "mine.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for seed in range(3):
            archive.writestr(f"{seed}.png", png(seed))
        archive.writestr("../away.png", png(9))
    gallery = own.from_upload([str(path)])
    assert len(gallery) == 3
    assert "leads out of it" in gallery.problems[0].sentence


def test_files_leave_the_disk_when_none_can_be_read(shop, tmp_path):
    path = upload(tmp_path, "broken.jpg", b"no photo")
    with pytest.raises(InputError, match="at least one photo"):
        own.from_upload([path])
    assert list(tmp_path.rglob("*")) == []


def test_more_than_two_hundred_are_told(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(own, "MOST_PHOTOS", 2)
    write_photos(tmp_path, range(4))
    gallery = own.from_folder(f"  {tmp_path} ")
    assert len(gallery) == 2
    assert "at most 2 photos, got 4" in gallery.problems[0].sentence
    assert len(list(tmp_path.iterdir())) == 4


def test_a_space_reads_no_folder(shop, tmp_path, monkeypatch):
    monkeypatch.setenv("SPACE_ID", "someone/space")
    write_photos(tmp_path, range(2))
    with pytest.raises(InputError, match="your own machine only"):
        own.from_folder(str(tmp_path))


@pytest.mark.parametrize(("path", "said"), [(" ", "has a path"), ("nowhere/at/all", "got none")])
def test_a_folder_that_is_none_is_a_sentence(shop, path, said):
    with pytest.raises(InputError, match=said):
        own.from_folder(path)


def test_a_gallery_is_its_visitors_until_forgotten(shop, gallery):
    one, two = own.keep(gallery, "a visit"), own.keep(gallery, None)
    assert one != two
    assert len(one) >= 20
    assert own.gallery_of(one) is gallery
    own.forget(one)
    own.forget(one)
    with pytest.raises(InputError, match="choose them again"):
        own.gallery_of(one)
    assert own.gallery_of(two) is gallery
    assert own.gallery_of("") is shop


def test_who_leaves_takes_every_gallery_along(shop, gallery):
    one, two, other, nobodys = (own.keep(gallery, visit) for visit in ("a", "a", "b", None))
    own.forget_visit("a")
    own.forget_visit(None)
    for key in (one, two):
        with pytest.raises(InputError):
            own.gallery_of(key)
    assert own.gallery_of(other) is own.gallery_of(nobodys) is gallery


def test_the_oldest_makes_way(shop, gallery, monkeypatch):
    monkeypatch.setattr(own, "MOST_GALLERIES", 2)
    first, *others = [own.keep(gallery, None) for _ in range(3)]
    with pytest.raises(InputError):
        own.gallery_of(first)
    assert [own.gallery_of(key) for key in others] == [gallery, gallery]
