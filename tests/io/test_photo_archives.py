"""Zips of photos, friendly and hostile: every member gives its bytes or a sentence, whatever stands beside it."""

import io
import stat
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchlib.errors import FormatError
from sketchlib.io import photo_archives
from sketchlib.io.photo_archives import ArchiveLimits, open_archive

PHOTO = b"the bytes of a photo, which the archive does not look into"


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def opened(data, limits: ArchiveLimits | None = None) -> dict[str, bytes | str]:
    """Name -> its bytes, or the sentence it raises."""
    found: dict[str, bytes | str] = {}
    with open_archive(data, limits) as photos:
        for photo in photos:
            try:
                found[photo.name] = photo.read()
            except FormatError as error:
                found[photo.name] = str(error)
    assert all(content.isprintable() for content in found.values() if isinstance(content, str))
    return found


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_gives_its_photos_in_order(method, tmp_path):
    data = packed(("b.png", PHOTO), ("deep/er/a.JPG", b"other"), method=method)
    (tmp_path / "photos.zip").write_bytes(data)
    for source in (data, tmp_path / "photos.zip", str(tmp_path / "photos.zip")):
        found = opened(source)
        assert list(found.items()) == [("b.png", PHOTO), ("deep/er/a.JPG", b"other")]


def test_what_systems_add_is_passed_over():
    added = ("folder/", "__MACOSX/._a.png", "in/__MACOSX/b.png", ".DS_Store", "x/.hidden/c.png", "Thumbs.db")
    assert opened(packed(*((name, b"x") for name in added), ("a.png", PHOTO))) == {"a.png": PHOTO}


HOSTILE = {
    "a link": (link("link.png"), "link"),
    "a parent": ("../../up.png", "leads out"),
    "a parent inside": ("a/../../up.png", "leads out"),
    "a root": ("/etc/up.png", "leads out"),
    "a drive": ("C:/up.png", "leads out"),
    "a backslash": ("..\\up.png", "leads out"),
    "a control character": ("a\x1b[31m.png", "printable"),
    "a line break": ("a\nb.png", "printable"),
    "a right-to-left mark": ("gnp\u202e.png", "printable"),
    "an archive": ("more.zip", "no other archives"),
    "a compressed archive": ("more.tar.GZ", "no other archives"),
    "another suffix": ("photo.heic", "suffix"),
    "no suffix": ("photo", "suffix"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_member_is_a_sentence_and_the_rest_is_kept(what):
    name, told = HOSTILE[what]
    found = opened(packed(("first.png", PHOTO), (name, b"payload"), ("last.png", PHOTO)))
    (bad,) = set(found) - {"first.png", "last.png"}
    assert bad.isprintable()
    assert told in str(found[bad])
    assert found["first.png"] == found["last.png"] == PHOTO


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_a_bound_are_refused(method):
    assert "stored or deflated" in str(opened(packed(("a.png", bytes(1000)), method=method))["a.png"])


def test_a_password_is_a_sentence():
    data = bytearray(packed(("a.png", PHOTO), ("b.png", PHOTO)))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    found = opened(bytes(data))
    assert str(found["a.png"]) == "a zip's members are not encrypted, got one with a password"
    assert found["b.png"] == PHOTO


def test_damage_is_a_sentence_and_the_rest_is_kept():
    data = bytearray(packed(("a.png", PHOTO), ("b.png", PHOTO), method=zipfile.ZIP_STORED))
    data[data.index(PHOTO)] ^= 1
    found = opened(bytes(data))
    assert "damaged" in str(found["a.png"])
    assert found["b.png"] == PHOTO


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    bomb = packed(("bomb.png", bytes(70_000_000)), ("flat.png", bytes(30_000_000)), ("a.png", PHOTO))
    assert len(bomb) < 200_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("was unpacked"))
    monkeypatch.setattr(photo_archives, "read_member", lambda archive, info, maximum: info.filename.encode())
    found = opened(bomb)
    assert "at most 64,000,000 bytes, got 70,000,000" in str(found["bomb.png"])
    assert "200 times its size" in str(found["flat.png"])
    assert found["a.png"] == b"a.png"


def test_small_photos_may_compress_well():
    assert opened(packed(("white.bmp", bytes(1_000_000)))) == {"white.bmp": bytes(1_000_000)}


def test_a_member_that_lies_about_its_size_unpacks_to_no_more():
    data = bytearray(packed(("a.png", bytes(5_000_000)), ("b.png", PHOTO)))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(mark) + offset
        data[place : place + 4] = struct.pack("<I", 100)
    found = opened(bytes(data))
    assert "damaged" in str(found["a.png"])
    assert found["b.png"] == PHOTO


def test_the_photos_in_all_are_bounded():
    members = [(f"{number}.png", bytes([number]) * 40) for number in range(5)]
    found = opened(packed(*members, ("small.png", b"x" * 20)), ArchiveLimits(total_bytes=100))
    assert [name for name in found if isinstance(found[name], bytes)] == ["0.png", "1.png", "small.png"]
    assert "at most 100 bytes in all" in str(found["2.png"])


def test_a_refused_member_uses_up_nothing():
    found = opened(packed(("../a.png", b"x" * 90), ("b.png", b"x" * 90)), ArchiveLimits(total_bytes=100))
    assert found["b.png"] == b"x" * 90


@pytest.mark.parametrize("chunk", [1, 3, 4, 1 << 20])
def test_too_many_members_are_refused_before_they_are_listed(chunk, monkeypatch):
    data = packed(*((f"{number}.png", b"") for number in range(12)))
    assert photo_archives._count(io.BytesIO(data), b"PK\x01\x02", chunk) == 12
    assert len(opened(data, ArchiveLimits(members=12))) == 12
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("was listed"))
    with pytest.raises(FormatError, match="at most 11 members, got 12"):
        opened(data, ArchiveLimits(members=11))


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", packed(("a.png", PHOTO))[:-10]])
def test_what_is_no_zip_is_a_sentence(data, tmp_path):
    (tmp_path / "some.zip").write_bytes(data)
    for source, place in ((data, "the zip"), (tmp_path / "some.zip", r"some\.zip")):
        with pytest.raises(FormatError, match=f"{place}: not a readable zip file"):
            opened(source)
    with pytest.raises(FormatError, match=r"none\.zip: cannot be read"):
        opened(tmp_path / "none.zip")


@given(st.data())
def test_flipped_bytes_give_bytes_or_sentences(data):
    whole = bytearray(packed(("a.png", PHOTO), ("b/c.jpg", b"x" * 500)))
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        told = "".join(opened(bytes(whole)))
    except FormatError as error:
        told = str(error)
    assert told.isprintable()


@given(st.text(min_size=1, max_size=30).filter(lambda name: name[0] != "\0"))
def test_any_name_is_kept_refused_or_passed_over(name):
    found = opened(packed((name, PHOTO), ("good.png", PHOTO)))
    assert found["good.png"] == PHOTO
    for shown, content in found.items():
        assert shown.isprintable()
        if content == PHOTO:
            assert ".." not in shown.replace("\\", "/").split("/")
            assert shown.lower().endswith((".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"))
