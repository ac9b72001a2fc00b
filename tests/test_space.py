"""What a Space of Hugging Face asks of the repository and of the app: its page, its files, its start, its GPU."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import gradio as gr
import pytest

import app
from sketchlib.models.cards import find_card
from tests.test_architecture import tracked
from tests.test_packaging import front_matter

ROOT = Path(__file__).resolve().parent.parent
KEYS = {
    "title": str, "emoji": str, "colorFrom": str, "colorTo": str, "sdk": str, "sdk_version": str,
    "python_version": str, "app_file": str, "license": str, "short_description": str, "thumbnail": str,
    "tags": list, "models": list, "datasets": list, "preload_from_hub": list, "suggested_hardware": str,
    "startup_duration_timeout": str, "fullWidth": bool, "header": str, "pinned": bool, "disable_embedding": bool,
    "hf_oauth": bool, "custom_headers": dict,
}  # fmt: skip
"""Keys of a Space's front matter that a Gradio Space reads."""
MOST_BYTES = 10 * 10**6


def test_front_matter_has_documented_keys_of_the_right_kind():
    header = front_matter()
    assert {name: type(value) for name, value in header.items()} == {name: KEYS[name] for name in header}


def test_models_are_the_papers_repositories():
    assert set(front_matter()["models"]) == {card.weights.repository for card in published()}
    for name in front_matter()["models"]:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", name)


def published():
    found = [find_card(path) for path in (ROOT / "checkpoints").glob("*.toml")]
    return [card for card in found if card.weights.repository]


def wrong_preloads(entries, cards):
    """Of preload_from_hub: those that are not "repository file[,file] commit" of a card."""
    known = {
        (card.weights.repository, card.weights.revision): {each.file for each in card.weights.files} for card in cards
    }
    parts = [entry.split(" ") for entry in entries]
    return [
        " ".join(each)
        for each in parts
        if len(each) != 3 or not set(each[1].split(",")) <= known.get((each[0], each[2]), set())
    ]


def test_what_is_preloaded_is_what_a_card_would_fetch():
    cards = published()
    assert wrong_preloads(front_matter().get("preload_from_hub", []), cards) == []
    card = cards[0]
    well = f"{card.weights.repository} {card.weights.files[0].file} {card.weights.revision}"
    ill = [
        well.replace(" ", "  "),
        well[:-1],
        well.replace(card.weights.files[0].file, "other.bin"),
        well.split(" ")[0],
    ]
    assert wrong_preloads([well, *ill], cards) == ill


def too_large(paths):
    return [path.name for path in paths if path.stat().st_size >= MOST_BYTES]


def test_every_file_fits_into_git_without_lfs(tmp_path):
    assert too_large(tracked()) == []
    (tmp_path / "large").write_bytes(bytes(MOST_BYTES))
    assert too_large([tmp_path / "large"]) == ["large"]


def told(code, folder, **environment):
    """What a fresh Python prints that finds modules of the folder first."""
    command = [sys.executable, "-c", textwrap.dedent(code)]
    variables = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", **environment}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


SPACES = """
    import functools, sys
    assert "torch" not in sys.modules, "torch came before spaces"
    lent = {}
    def GPU(duration):
        def decorate(call):
            @functools.wraps(call)
            def run(*args, **kwargs):
                return "lent", call(*args, **kwargs)
            lent[call.__name__] = duration
            return run
        return decorate
"""


def test_a_gpu_is_asked_for_where_one_is_lent(tmp_path):
    (tmp_path / "spaces.py").write_text(textwrap.dedent(SPACES))
    code = """
        import app, spaces
        from demos.ui import lent_gpu
        print(spaces.lent)
        app.build()
        print(lent_gpu(seconds=5)(abs)(-3))
    """
    assert told(code, tmp_path) == ["{'explain': 60}", "('lent', 3)"]


def test_elsewhere_functions_stay_as_they_are(tmp_path):
    (tmp_path / "spaces.py").write_text("raise ImportError")
    assert told("from demos.ui import lent_gpu; print(lent_gpu(seconds=5)(abs) is abs)", tmp_path) == ["True"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_does_not_wait_for_lanes_that_others_had_taken(tmp_path):
    code = """
        import os
        from demos.ui import shelf
        with shelf.lane(), shelf.lane(), shelf._changing:
            child = os.fork()
            if not child:
                with shelf.lane():
                    os._exit(7)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    assert told(code, tmp_path) == ["7"]


def test_examples_are_not_run_at_the_start():
    assert not [block for block in app.build().blocks.values() if isinstance(block, gr.Dataset)]
