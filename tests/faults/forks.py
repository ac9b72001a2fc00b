"""Work that is killed again and again at random moments: in forks of one process, so that nothing is loaded twice."""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

KILLS = 3

Work = Callable[[Path], None]


def survive(work: Work, folder: Path, check: Callable[[Path], object]) -> None:
    """Prints what `check` says of a folder after each kill of `work` in it, and after the work was left to end.

    First the work is done undisturbed in <folder>/whole. In <folder>/killed it is killed a random moment after its
    files have changed a random number of times; a work that ended before its kill begins anew.
    """
    whole, killed = folder / "whole", folder / "killed"
    assert run(work, whole) == 0
    kills = 0
    while kills < KILLS:
        status = run(work, killed, random.randint(4, 8))
        if status == -signal.SIGKILL:
            kills += 1
            say("killed", check(killed))
        else:
            assert status == 0
            say("done", check(killed))
            killed.rename(folder / f"done-{time.monotonic_ns()}")
    assert run(work, killed) == 0
    say("whole", check(whole))
    say("ended", check(killed))


def run(work: Work, folder: Path, changes: int | None = None) -> int:
    """The work in a fork of this process, killed after so many changes of its files: its exit status, or -signal."""
    child = os.fork()
    if child == 0:
        live(work, folder)
    seen = state(folder)
    while changes and not os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        time.sleep(0.001)
        if (now := state(folder)) != seen:
            seen, changes = now, changes - 1
    if changes is not None:
        time.sleep(random.uniform(0, 0.05))
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def live(work: Work, folder: Path) -> None:
    try:
        work(folder)
    except BaseException as error:
        sys.stderr.write(f"{error!r}\n")
        os._exit(1)
    os._exit(0)


def state(folder: Path) -> set[tuple[str, int]]:
    """Files and when they were written, but for those still being written; one that goes meanwhile is passed over."""
    found = set()
    for name in os.listdir(folder) if folder.is_dir() else ():
        try:
            found.add((name, 0 if name.endswith(".partial") else (folder / name).stat().st_mtime_ns))
        except FileNotFoundError:
            continue
    return found


def say(when: str, what: object) -> None:
    sys.stdout.write(f"{when} {what}\n")
    sys.stdout.flush()
