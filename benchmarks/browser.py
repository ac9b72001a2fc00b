"""What the app's benchmarks and its browser tests share: a served app, a Chromium, and who measured."""

import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 180
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def find_chromium() -> str | None:
    """The browser's path: CHROMIUM, or chromium on the PATH."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    *command: str, port: int, folder: Path = ROOT, **changes: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """(address, process) of a Python command once it answers on the port; stopped afterwards.

    folder: where it runs, this repository or a copy. changes: of the environment.
    """
    environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "0", "GRADIO_SERVER_PORT": str(port), **changes}
    process = subprocess.Popen([sys.executable, *command], cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process)
        yield url, process
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(f"the app answers within {START_SECONDS} s, got {error}") from error
            time.sleep(0.05)
        else:
            return


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Processor time a process has used so far, all threads (Linux)."""
    after_name = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def provenance() -> dict[str, Any]:
    """Machine, versions and commit, to stand beside every number."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    names = ("gradio", "torch", "numpy", "plotly")
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "load_before": round(os.getloadavg()[0], 2),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in names}},
        "commit": commit.strip(),
    }


def foot(found: Mapping[str, Any]) -> str:
    """One line of markdown for the foot of a page of results. found: as of `provenance`."""
    return f"\nMeasured on {found['machine']}, torch {found['versions']['torch']}, at commit {found['commit']}.\n"


if __name__ == "__main__":
    print(foot(provenance()), end="")
