"""Files appear whole, or what was there stays, or one sentence says why."""

import ast
import os
import re
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from sketchlib.errors import InputError
from sketchlib.io.writing import partials, room_for, write_file, written_whole
from tests.test_architecture import sources


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("content", ["dräwing\n", b"\x00\xff", ""])
def test_the_content_is_there_and_nothing_else(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "made" / "on the way" / "file.json"
    for _ in range(2):
        write_file(path, content)
        assert path.read_bytes() == (content if isinstance(content, bytes) else content.encode("utf-8"))
        assert names(path.parent) == ["file.json"]


def test_what_was_there_is_seen_until_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with written_whole(path) as stream:
        stream.write(b"ne")
        stream.flush()
        assert path.read_text() == "old"
        assert [left.read_text() for left in partials(path)] == ["ne"]
        stream.write(b"w")
    assert path.read_text() == "new"
    assert names(tmp_path) == ["file"]


def fail_halfway(path: Path, error: type[BaseException]) -> None:
    with written_whole(path) as stream:
        stream.write(b"half")
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_block_that_fails_changes_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(error):
        fail_halfway(path, error)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_disk_that_refuses_is_a_sentence_and_leaves_what_was_there(tmp_path, monkeypatch, moment: str) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, moment, refuse)
    with pytest.raises(InputError, match=r"room and permission, got No space left on device: .*file") as caught:
        write_file(path, "new")
    assert "\n" not in str(caught.value)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["file"]


def test_a_folder_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("words")
    with pytest.raises(InputError, match="got a file in the folder's place"):
        write_file(tmp_path / "file" / "below", "new")
    with pytest.raises(InputError, match="room and permission, got Is a directory"):
        write_file(tmp_path, "new")
    assert (tmp_path / "file").read_text() == "words"
    assert names(tmp_path) == ["file"]


def test_a_link_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real" / "file")
    write_file(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "file").read_text() == "new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_file(pipe, "through")
    reader.join()
    assert read == ["through"]
    assert pipe.is_fifo()


def test_leftovers_are_those_of_one_file(tmp_path: Path) -> None:
    for name in (".state.pt.12.partial", ".state.pt.345.partial", ".state.12.partial", "state.pt", ".state.pt.12"):
        (tmp_path / name).touch()
    assert [left.name for left in partials(tmp_path / "state.pt")] == [".state.pt.12.partial", ".state.pt.345.partial"]


def test_only_errors_of_the_system_are_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(KeyError), room_for(tmp_path):
        raise KeyError
    with pytest.raises(InputError, match="got 5 requested and 2 written: "), room_for(tmp_path):
        raise OSError("5 requested and 2 written")


VERBS = ("write_text", "write_bytes", "tofile")
OF_MODULES = ("os.replace", "os.rename", "shutil.copy", "shutil.move", "np.save")
# A store grows as a folder of its own, a download and a journal by what arrives, a log by its rows, a video in memory.
OTHERS = ("io/writing.py", "data/store.py", "data/download.py", "retrieval/store.py", "train/loop.py", "viz/video.py")


def writes(call: ast.Call) -> bool:
    """Whether a call writes a file, by its name: an opening to write, or a verb; np.save may go to memory."""
    name, arguments = ast.unparse(call.func), [ast.unparse(each) for each in call.args]
    if name.endswith("open"):
        return any(re.fullmatch(r"'[wax]b?\+?'", each) for each in arguments)
    return name.endswith(VERBS) or (name in OF_MODULES and arguments[0] != "file")


def writers(files: Mapping[str, str]) -> list[str]:
    """Places that write files past the one door."""
    trees = ((name, ast.parse(text)) for name, text in files.items() if not name.endswith(OTHERS))
    calls = ((name, node) for name, tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [f"{name}: {ast.unparse(call)}" for name, call in calls if writes(call)]


def test_nothing_else_of_the_library_writes_files() -> None:
    assert writers(sources("sketchlib")) == []
    bad = "path.write_text(svg)\nopen(path, 'wb')\npath.open('a')\nshutil.copy(a, b)\nnp.save(path, rows)"
    assert len(writers({"viz/x.py": bad})) == 5
    assert writers({"viz/x.py": "path.open('rb')\nnp.save(file, rows)\ntext.replace('a', 'b')\nsketch.copy()"}) == []
