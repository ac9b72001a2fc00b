"""Completion: bash really completes; every shell's script knows every command."""

import shutil
import subprocess
import sys

import pytest

from sketchlib import models
from sketchlib.cli import main, parser
from sketchlib.cli.completion import SHELLS

VERBS = next(action.choices for action in parser()._actions if action.choices)


@pytest.fixture(scope="module")
def bash(tmp_path_factory):
    """bash(line) -> what it offers for the last word, in a folder with a.json and photos/."""
    if not shutil.which("bash"):
        pytest.skip("needs bash")
    folder = tmp_path_factory.mktemp("completion")
    command = [sys.executable, "-m", "sketchlib", "completion", "bash"]
    script = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (folder / "completion").write_text(script)
    (folder / "a.json").touch()
    (folder / "photos").mkdir()

    def complete(line):
        words = line.split(" ")
        asked = f"""
            source ./completion
            COMP_WORDS=({" ".join(f"'{word}'" for word in words)}); COMP_CWORD={len(words) - 1}
            complete -p sketchlib >&2
            _shtab_sketchlib sketchlib '{words[-1]}' '{words[-2]}'
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        run = subprocess.run(["bash", "-c", asked], cwd=folder, capture_output=True, text=True)
        assert "_shtab_sketchlib sketchlib" in run.stderr
        return run.stdout.split()

    return complete


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("sketchlib ", [*VERBS]),
        ("sketchlib ev", ["evaluate"]),
        ("sketchlib evaluate a", ["attribution", "attack", "assist"]),
        ("sketchlib explain --m", ["--method", "--model"]),
        ("sketchlib invert --mode t", ["transfer"]),
        ("sketchlib predict --model ", [*models.available()]),
        ("sketchlib predict a", ["a.json"]),
        ("sketchlib gallery build --out p", ["photos"]),
    ],
)
def test_bash_offers(bash, line, offered):
    assert sorted(bash(line)) == sorted(offered)


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_is_told_every_command(shell, capsys):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "sketchlib" in script
    assert all(name in script for name in VERBS)
