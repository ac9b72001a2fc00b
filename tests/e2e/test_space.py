"""The app as a Space runs it: from a folder that cannot be written, with an empty home, and calling nobody."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.browser import free_port, serving
from demos.ui import first_model
from tests.test_architecture import tracked

expect = pytest.importorskip("playwright.sync_api").expect
ROOT = Path(__file__).resolve().parents[2]
LISTENER = """
import json, os, socket, sys
LOCAL = ("127.", "::1", "localhost", "0.0.0.0")
def note(what, host):
    if isinstance(host, bytes): host = host.decode()
    if host and not str(host).startswith(LOCAL):
        with open(os.environ["OUTSIDE"], "a") as file: file.write(json.dumps([what, str(host)]) + "\\n")
def hear(event, details):
    if event == "socket.connect" and isinstance(details[1], tuple): note("connect", details[1][0])
    if event == "socket.getaddrinfo": note("look up", details[0])
sys.addaudithook(hear)
"""
"""sitecustomize: writes down every host outside this machine that the program asks for."""
SEEN = {
    "Recognise": (None, "#answers .an-rows li"),
    "Inversion": ("#inversion-run", "#player .pl-stage path"),
    "Attack": ("#attack-run", "#deletion-stage .de-paper path"),
    "Retrieve": (None, "#finder img"),
    "Assist": (None, "#guide img"),
    "Shapes": (None, "#shapes-near path"),
}
"""What to press once there is a drawing, and what is to be seen then."""


@contextmanager
def read_only(folder):
    """Nothing in the folder may be written: mounted so where this user may write anywhere, else by its rights."""
    if os.geteuid():
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)
        yield
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)
        return
    for options in (["--bind", str(folder)], ["-o", "remount,bind,ro"]):
        if subprocess.run(["mount", *options, str(folder)], capture_output=True).returncode:
            pytest.skip("needs the right to mount a folder read-only")
    yield
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def space(browser, tmp_path_factory):
    """(address, home, file with the hosts that were asked for) of the app in a copy that cannot be written."""
    if not first_model():
        pytest.skip("needs a shipped model with its weights beside the card in checkpoints/")
    place = tmp_path_factory.mktemp("space")
    for path in tracked():
        copy = place / "app" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    for name in ("home", "site"):
        (place / name).mkdir()
    (place / "site" / "sitecustomize.py").write_text(LISTENER)
    changes = {"HOME": str(place / "home"), "PYTHONPATH": str(place / "site"), "OUTSIDE": str(place / "outside")}
    changes |= {"GRADIO_ANALYTICS_ENABLED": "True", "SPACE_ID": "someone/strokescope", "SYSTEM": "spaces"}
    port = free_port()
    with read_only(place / "app"), serving("app.py", port=port, folder=place / "app", **changes) as (url, _):
        yield url, place


@pytest.mark.parametrize("tab", SEEN)
def test_every_tab_works_where_nothing_may_be_written(space, context, tab):
    page = context().new_page()
    page.goto(f"{space[0]}/?tab={tab}")
    page.locator(f"#pad-{tab.lower()} .sp-examples button").first.click()
    button, seen = SEEN[tab]
    if button:
        page.locator(button).click()
    expect(page.locator(seen).first).to_be_visible(timeout=180_000)
    page.close()


def test_nobody_outside_was_asked_for_anything(space):
    """After every tab was used; the listener is seen to work by a call of its own."""
    _, place = space
    assert not (place / "outside").exists()
    environment = {**os.environ, "PYTHONPATH": str(place / "site"), "OUTSIDE": str(place / "outside")}
    code = "import socket\ntry: socket.create_connection(('203.0.113.1', 9), timeout=0.01)\nexcept OSError: pass"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    heard = (place / "outside").read_text().splitlines()
    assert [json.loads(line)[1] for line in heard][-1] == "203.0.113.1"


def test_only_caches_were_written(space):
    _, place = space
    written = {path.relative_to(place / "home").parts[0] for path in (place / "home").rglob("*")}
    assert written <= {".cache", ".config"}
    assert not [path for path in (place / "app").rglob("*") if path.suffix in (".pyi", ".pyc")]
