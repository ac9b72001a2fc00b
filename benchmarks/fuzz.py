"""Fuzzing of every reader: `python benchmarks/fuzz.py --inputs 13000 --table docs/results/fuzzing.md`.

Each input is a good one after one to six changes (`fuzz_changes`), or, half of the time, a change of an input whose
answer was new. What holds for all of them stands in `fuzz_readers`: a valid sketch or photo, or one sentence; never
another exception or numerical warning, never more than SECONDS of processor time, never more than MEGABYTES above what
the process began with. The same seed gives the same inputs.
"""

import argparse
import json
import random
import re
import resource
import signal
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.browser import provenance
from benchmarks.fuzz_changes import mutated
from benchmarks.fuzz_readers import READ, READERS, outcome
from benchmarks.fuzz_seeds import seeds

SECONDS, MEGABYTES = 10.0, 1200
KEPT_BYTES = 1500


class TooLongError(BaseException):
    """Not an Exception, so that no reader takes it for damage."""


@dataclass
class Tally:
    """What became of the inputs of one reader: numbers, the slowest in seconds of processor time, and findings."""

    inputs: int = 0
    read: int = 0
    refused: int = 0
    answers: int = 0
    slowest: float = 0.0
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)


def peak_megabytes() -> float:
    """The most memory that this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def attempt(reader: str, data: bytes, memory: float) -> str:
    """The outcome of one input within its bounds. Raises what breaks the property."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        answer = outcome(reader, data)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if peak_megabytes() > memory + MEGABYTES:
        raise MemoryError(f"an input takes at most {MEGABYTES} MB")
    return answer


def fuzz(reader: str, inputs: int, seed: int, keep: Path | None, memory: float) -> Tally:
    """So many inputs of one reader. keep: where one small input of each answer goes, and every finding."""
    lot, known, answers, tally = random.Random(f"{seed} {reader}"), seeds(reader), {}, Tally()
    good, began = len(known), time.monotonic()
    for number in range(inputs):
        new = known[good:]
        pool = known if not new or lot.random() < 0.5 else new
        data = known[number] if number < good else mutated(reader, pool, lot)
        started = time.process_time()
        try:
            answer = attempt(reader, data, memory)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            answer = f"broken {type(error).__name__} at {_place(error)}"
            if answer not in answers:
                tally.findings.append(f"{answer}: {str(error)[:200]}")
        tally.slowest = max(tally.slowest, time.process_time() - started)
        tally.inputs += 1
        tally.read += answer.startswith(READ)
        tally.refused += not answer.startswith((READ, "broken"))
        if answer not in answers:
            answers[answer] = data
            known.append(data) if len(data) < 20_000 and reader not in INSIDE_ONLY else None
            if keep is not None and (len(data) <= KEPT_BYTES or answer.startswith("broken")):
                _keep(keep / reader.replace(" ", "-"), answer, data)
    tally.answers, tally.seconds = len(answers), time.monotonic() - began
    return tally


INSIDE_ONLY = ("ndjson gzip", "npz", "share link", "photo zip", "upload")
"""Their packing has to stay good for a change inside it."""


def _place(error: BaseException) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "sketchlib" in frame.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "the reader"


def _keep(folder: Path, answer: str, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / (re.sub(r"[^a-z0-9]+", "-", answer.lower()).strip("-")[:60])).write_bytes(data)


def table(tallies: dict[str, Tally], about: dict[str, Any], command: str) -> str:
    """The record as markdown."""
    rows = [
        f"| {name} | {tally.inputs:,} | {tally.read:,} | {tally.refused:,} | {tally.answers} | "
        f"{1000 * tally.slowest:,.0f} | {tally.inputs / tally.seconds:,.0f} | {len(tally.findings)} |"
        for name, tally in tallies.items()
    ]
    total = sum(tally.inputs for tally in tallies.values())
    return "\n".join(
        [
            "| reader | inputs | read | refused | answers | slowest, CPU ms | inputs a second | findings |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            f"{total:,} inputs, seed {about['seed']}, {about['minutes']:.1f} minutes, {about['date']}, commit "
            f"{about['commit']}, {about['machine']}, load {about['load_before']} before; Python "
            f"{about['versions']['python']}, numpy {about['versions']['numpy']}. The process never held more than "
            f"{about['megabytes']:.0f} MB above the {about['begun_with']:.0f} MB it began with.",
            "",
            f"    {command}",
            "",
        ]
    )


def main() -> None:
    """Fuzz, print JSON, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--inputs", type=int, default=1000, metavar="N", help="of each reader (default: %(default)s)")
    add("--readers", nargs="+", choices=READERS, default=list(READERS), metavar="NAME", help="(default: all)")
    add("--seed", type=int, default=0)
    add("--keep", type=Path, metavar="DIR", help="one small input of each answer, and every finding")
    add("--table", type=Path, metavar="FILE", help="write the record between its marks")
    options = parser.parse_args()

    def too_long(*_: object) -> None:
        raise TooLongError(f"an input takes at most {SECONDS:.0f} s of processor time")

    signal.signal(signal.SIGPROF, too_long)
    for reader in options.readers:
        outcome(reader, seeds(reader)[0]) if reader != "gallery json" else None
    about, memory, began = provenance(), peak_megabytes(), time.monotonic()
    tallies = {}
    for reader in options.readers:
        tallies[reader] = fuzz(reader, options.inputs, options.seed, options.keep, memory)
        print(json.dumps({reader: asdict(tallies[reader])}), file=sys.stderr, flush=True)
    about |= {"seed": options.seed, "minutes": (time.monotonic() - began) / 60, "begun_with": memory}
    about |= {"megabytes": peak_megabytes() - memory, "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    print(json.dumps({"about": about, "readers": {name: asdict(each) for name, each in tallies.items()}}, indent=1))
    if options.table is not None:
        command = f"python benchmarks/fuzz.py --inputs {options.inputs} --seed {options.seed}"
        before, _, rest = options.table.read_text().partition("<!-- run: begin -->\n")
        after = rest.partition("<!-- run: end -->")[2]
        marks = ("<!-- run: begin -->\n", "<!-- run: end -->")
        options.table.write_text(f"{before}{marks[0]}{table(tallies, about, command)}{marks[1]}{after}")


if __name__ == "__main__":
    main()
