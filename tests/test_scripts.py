"""The two commands, run on a copy of the scripts where python, pip, apt-get and the like are recorded fakes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ("scripts/setup", "scripts/demo", "scripts/test", "scripts/results", "scripts/docs", ".ci/run")
TOOLS = ("bash", "dirname", "cat", "uname", "mkdir", "cp", "chmod", "env")

# Answers like Python, but writes down pip and pytest calls, and makes environments out of itself.
FAKE_PYTHON = f"""#!/usr/bin/env bash
case "$*" in
  "-m venv --clear "*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
  "-m pip"*|"-m pytest"*|"-m sketchlib"*|"-m mkdocs"*) echo "$*" >> "$LOG"; exit "${{FAIL:-0}}" ;;
  "-m benchmarks.browser") echo signed ;;
  *) exec "{sys.executable}" "$@" ;;
esac
"""
OLD_PYTHON = '#!/usr/bin/env bash\n[ "$1" = --version ] && echo Python 3.9.2 || exit 1\n'
PYTEST = "-m pytest --numprocesses auto --maxprocesses 4 --dist loadfile"
RECORDED = '#!/usr/bin/env bash\necho "{name} $*" >> "$LOG"\n'


class Machine:
    """A copy of the scripts beside a PATH that holds only what the test puts there."""

    def __init__(self, folder: Path) -> None:
        self.repository, self.bin, self.log = folder / "a repository", folder / "bin", folder / "log"
        for name in (*SCRIPTS, "requirements.txt", "constraints.txt", "pyproject.toml"):
            (self.repository / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.repository / name)
        (self.repository / "app.py").write_text("import os\nprint('serving on', os.environ['GRADIO_SERVER_PORT'])\n")
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(str(shutil.which(tool)))
        self.program("python3", FAKE_PYTHON)

    def program(self, name: str, text: str | None = None) -> None:
        (self.bin / name).write_text(text or RECORDED.format(name=name))
        (self.bin / name).chmod(0o755)

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {"PATH": str(self.bin), "LOG": str(self.log), "HOME": "", **environment}
        command = [str(self.repository / script), *arguments]
        return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=600)

    def calls(self, beginning: str = "") -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith(beginning)]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_parse_and_stop_at_the_first_failure(script: str) -> None:
    assert subprocess.run(["bash", "-n", ROOT / script], capture_output=True).returncode == 0
    assert os.access(ROOT / script, os.X_OK)
    assert "\nset -euo pipefail\n" in (ROOT / script).read_text()


def test_setup_installs_the_pins_once(machine: Machine) -> None:
    assert machine.run("scripts/setup", "app").returncode == 0
    assert machine.run("scripts/setup", "app").returncode == 0
    (call,) = machine.calls("-m pip install")
    assert call.endswith("--constraint constraints.txt --requirement requirements.txt")


@pytest.mark.parametrize("name", ["requirements.txt", "constraints.txt"])
def test_setup_installs_again_when_a_pin_changes(machine: Machine, name: str) -> None:
    machine.run("scripts/setup", "app")
    with (machine.repository / name).open("a") as file:
        file.write("another==1.0\n")
    machine.run("scripts/setup", "app")
    assert len(machine.calls("-m pip install")) == 2


def test_setup_tries_again_after_a_failed_installation(machine: Machine) -> None:
    assert machine.run("scripts/setup", "app", FAIL="1").returncode != 0
    assert machine.run("scripts/setup", "app").returncode == 0
    assert len(machine.calls("-m pip install")) == 2


def test_setup_for_tests_adds_the_extras_to_the_same_environment(machine: Machine) -> None:
    machine.run("scripts/setup", "app")
    made = machine.repository / ".venv/bin/python"
    inode = made.stat().st_ino
    machine.run("scripts/setup", "dev")
    assert machine.calls()[-1].endswith("--requirement requirements.txt --editable .[train,dev]")
    assert made.stat().st_ino == inode


def test_setup_makes_a_broken_environment_again(machine: Machine) -> None:
    machine.run("scripts/setup", "app")
    (machine.repository / ".venv/bin/python").write_text("#!/nowhere/python\n")
    assert machine.run("scripts/setup", "app").returncode == 0


def test_setup_says_that_python_is_too_old(machine: Machine) -> None:
    machine.program("python3", OLD_PYTHON)
    run = machine.run("scripts/setup", "app")
    assert run.returncode != 0
    assert "StrokeScope needs Python 3.11 or newer, found Python 3.9.2" in run.stderr


def test_setup_passes_over_an_old_python_and_takes_the_named_one(machine: Machine) -> None:
    machine.program("python3", OLD_PYTHON)
    machine.program("python3.12", FAKE_PYTHON)
    assert machine.run("scripts/setup", "app").returncode == 0
    machine.program("my-python", FAKE_PYTHON)
    (machine.bin / "python3.12").unlink()
    shutil.rmtree(machine.repository / ".venv")
    assert machine.run("scripts/setup", "app", PYTHON="my-python").returncode == 0


def test_setup_refuses_an_unknown_environment(machine: Machine) -> None:
    run = machine.run("scripts/setup", "everything")
    assert (run.returncode, run.stderr) == (2, "usage: scripts/setup app|dev, got 'everything'\n")


@pytest.mark.parametrize(
    ("arguments", "environment", "port"),
    [
        ([], {}, "7860"),
        ([], {"GRADIO_SERVER_PORT": "8000"}, "8000"),
        (["9000"], {"GRADIO_SERVER_PORT": "8000"}, "9000"),
    ],
)
def test_demo_serves_on_the_port_asked_for(
    machine: Machine, arguments: list[str], environment: dict[str, str], port: str
) -> None:
    run = machine.run("scripts/demo", *arguments, **environment)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == f"serving on {port}"


def test_demo_refuses_a_port_that_is_no_number(machine: Machine) -> None:
    run = machine.run("scripts/demo", "http")
    assert (run.returncode, run.stderr) == (2, "usage: scripts/demo [PORT], a number, got 'http'\n")
    assert machine.calls() == []


def test_test_passes_its_arguments_to_pytest(machine: Machine) -> None:
    machine.program("chromium")
    assert machine.run("scripts/test", "-k", "two words").returncode == 0
    assert machine.calls()[-1] == f"{PYTEST} -k two words"
    assert machine.calls("apt-get") == []


def test_test_takes_the_chromium_it_is_told_of(machine: Machine) -> None:
    machine.program("browser")
    machine.program("apt-get")
    machine.program("id", "#!/usr/bin/env bash\necho 0\n")
    machine.run("scripts/test", CHROMIUM=str(machine.bin / "browser"))
    assert machine.calls("apt-get") == []


def test_test_hands_on_the_verdict_of_pytest(machine: Machine) -> None:
    machine.program("chromium")
    machine.run("scripts/setup", "dev")
    assert machine.run("scripts/test", FAIL="3").returncode == 3


def test_test_installs_chromium_as_root(machine: Machine) -> None:
    machine.program("apt-get")
    machine.program("id", "#!/usr/bin/env bash\necho 0\n")
    assert machine.run("scripts/test").returncode == 0
    assert machine.calls("apt-get") == [
        "apt-get -qq update",
        "apt-get -qq install --yes --no-install-recommends chromium",
    ]


def test_test_installs_chromium_with_a_sudo_that_never_asks(machine: Machine) -> None:
    machine.program("apt-get")
    machine.program("id", "#!/usr/bin/env bash\necho 1000\n")
    machine.program("sudo")
    machine.run("scripts/test")
    assert machine.calls("sudo") == [
        "sudo --non-interactive true",
        "sudo --non-interactive apt-get -qq update",
        "sudo --non-interactive env DEBIAN_FRONTEND=noninteractive"
        " apt-get -qq install --yes --no-install-recommends chromium",
    ]


@pytest.mark.parametrize("has_apt", [True, False])
def test_test_says_what_to_install_and_runs_the_rest(machine: Machine, has_apt: bool) -> None:
    if has_apt:
        machine.program("apt-get", "#!/usr/bin/env bash\nexit 100\n")
    machine.program("id", "#!/usr/bin/env bash\necho 0\n")
    run = machine.run("scripts/test")
    assert "apt install chromium" in run.stderr
    assert machine.calls()[-1] == PYTEST


def test_continuous_integration_runs_the_test_command(machine: Machine) -> None:
    machine.program("chromium")
    assert machine.run(".ci/run").returncode == 0
    assert machine.calls()[-1] == PYTEST


def test_docs_builds_the_reference_and_fails_on_a_warning(machine: Machine) -> None:
    assert machine.run("scripts/docs", "--site-dir", "elsewhere").returncode == 0
    assert machine.calls("-m mkdocs") == ["-m mkdocs build --strict --quiet --site-dir elsewhere"]


def test_results_measures_the_pages_named_and_signs_them(machine: Machine) -> None:
    (machine.repository / "docs" / "results").mkdir(parents=True)
    done = machine.run("scripts/results", "/data", "accuracy", "inversion")
    assert done.returncode == 0, done.stderr
    measured = [line.split(" --")[0] for line in machine.calls("-m sketchlib")]
    assert measured == ["-m sketchlib evaluate recognise", "-m sketchlib evaluate inversion"]
    assert "signed" in (machine.repository / "docs" / "results" / "inversion.md").read_text()


def test_results_measures_nothing_where_one_page_is_unknown(machine: Machine) -> None:
    done = machine.run("scripts/results", "/data", "accuracy", "weather")
    assert done.returncode != 0
    assert "got 'weather'" in done.stderr
    assert machine.calls("-m sketchlib") == []
