"""Writes docs/dependencies.md: every pinned package, its licence and why it is here, and what pip-audit says of them.

    scripts/setup dev
    .venv/bin/python docs/dependencies.py            # the table, from the packages that are installed
    .venv/bin/python docs/dependencies.py --audit    # and asks pip-audit, which has to be on the PATH

Licences are those that the packages state of themselves.
"""

import argparse
import json
import re
import subprocess
import tempfile
import tomllib
from collections import defaultdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "dependencies.md"
BEGIN, END = "<!-- audit: begin -->\n", "<!-- audit: end -->"
COMMAND = ("pip-audit", "--no-deps", "--disable-pip", "--format", "json", "--requirement")
KNOWN_BAD = "pillow==8.0.0\n"
"""Many advisories name it: an audit that finds none has not reached its service."""

WHY = {
    "accelerate": "training on one machine or many",
    "aiohttp": "the visitors of the load benchmark",
    "av": "videos of inversions",
    "axe-playwright-python": "accessibility rules in the browser tests",
    "beartype": "shapes in signatures, checked in the tests",
    "bpy": "renders the photos of the gallery, once; neither the app nor the library imports it",
    "captum": "a second implementation that attributions are compared with",
    "coverage": "which lines the tests reach",
    "filelock": "one process at a time builds a gallery",
    "gradio": "the app, its API and its MCP server",
    "huggingface-hub": "downloads of checkpoints",
    "hypothesis": "tests of properties",
    "jaxtyping": "shapes in signatures",
    "mkdocs-material": "the API reference",
    "mkdocstrings": "the API reference",
    "mypy": "types",
    "numba": "the compiled raster",
    "numpy": "arrays",
    "onnx": "recognisers in the form onnxruntime reads",
    "onnxruntime": "fast recognition on a CPU",
    "opencv-python-headless": "lines of photos",
    "packaging": "tests of the pins, and this page",
    "pillow": "photos in, thumbnails and animations out",
    "playwright": "drives a browser in the tests",
    "plotly": "charts",
    "pydantic": "arguments of the API's endpoints",
    "pypdf": "reads the figures back in the tests",
    "pytest": "the tests",
    "pytest-rerunfailures": "a second chance for a browser test, reported",
    "pytest-xdist": "runs them side by side, a process a core",
    "pyyaml": "the Space's front matter in the tests",
    "qdrant-client": "galleries in a vector database, where one is asked for",
    "reportlab": "figures as PDF",
    "ruff": "style",
    "safetensors": "weights that hold no code",
    "scikit-learn": "clusters of stroke shapes",
    "scipy": "a second implementation in the tests",
    "setuptools": "builds the wheel",
    "shtab": "completion in shells",
    "starlette": "the guard around the app",
    "svgelements": "geometry of SVG files",
    "tensorboard": "curves of a training run",
    "torch": "networks",
    "tqdm": "progress bars",
}
# Packages that are not installed everywhere this page is made.
ELSEWHERE = {"bpy": "GPL-3.0-or-later", "cython": "Apache-2.0", "zstandard": "BSD-3-Clause"}
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def pins() -> dict[str, tuple[str, str]]:
    """Canonical name -> (name, version) of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    parts = [line.partition("==")[::2] for line in lines if "==" in line and not line.startswith("#")]
    return {canonicalize_name(name): (name, version) for name, version in parts}


def licence(name: str) -> str:
    """What a package states: an expression, else a short name, else its classifier. Raises KeyError where nothing."""
    try:
        stated = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ELSEWHERE[name]
    classifiers = [each.rpartition(" :: ")[2] for each in stated.get_all("Classifier") or [] if "License ::" in each]
    known = [CLASSIFIERS[each] for each in classifiers if each in CLASSIFIERS]
    short = (stated.get("License") or "").strip().splitlines()[:1]
    if expression := stated.get("License-Expression"):
        return expression
    if short and re.fullmatch(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*", short[0]) and short[0] != "UNKNOWN":
        return {"Apache": "Apache-2.0"}.get(short[0], short[0])
    return " OR ".join(known) or OWN[name]


OWN = {"axe-playwright-python": "MIT", "matplotlib": "PSF-2.0", "protobuf": "BSD-3-Clause"}
"""Of packages that state theirs in a file of text only."""


def direct() -> dict[str, str]:
    """Canonical name -> the group that asks for a package by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = {"library": project["dependencies"], **project["optional-dependencies"]}
    found: dict[str, str] = {}
    for group, texts in groups.items():
        for text in texts:
            found.setdefault(canonicalize_name(Requirement(text).name), group)
    return found


def needed_by(known: dict[str, tuple[str, str]]) -> dict[str, list[str]]:
    """Canonical name -> which pinned packages ask for it."""
    found = defaultdict(list)
    for name in known:
        try:
            texts = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        for text in texts:
            found[canonicalize_name(Requirement(text).name)].append(known[name][0])
    return found


def rows() -> list[str]:
    """The table: packages asked for by name first, by group, then what these need."""
    known, groups = pins(), direct()
    parents = needed_by(known)
    order = ["library", "app", "train", "gallery", "qdrant", "dev", ""]
    lines = []
    for name in sorted(known, key=lambda each: (order.index(groups.get(each, "")), each)):
        title, version = known[name]
        why = WHY[name] if name in groups else f"needed by {', '.join(sorted(parents[name])[:3]) or 'bpy'}"
        lines.append(f"| {title} | {version} | {licence(name)} | {groups.get(name, '')} | {why} |")
    return lines


def audited() -> str:
    """What pip-audit says today, and whether it could know."""
    with tempfile.TemporaryDirectory() as folder:
        control = Path(folder, "control.txt")
        control.write_text(KNOWN_BAD)
        reached = any(each.get("vulns") for each in _asked(control))
    found = _asked(ROOT / "constraints.txt")
    date, version = f"{datetime.now(UTC):%Y-%m-%d}", _version()
    head = f"{date}, {version}, {len(found)} packages: "
    if not reached:
        return f"{head}**not audited**.\n{UNREACHED}"
    bad = [
        f"{each['name']} {each['version']}: {', '.join(v['id'] for v in each['vulns'])}"
        for each in found
        if each.get("vulns")
    ]
    skipped = [each["name"] for each in found if "skip_reason" in each]
    said = "no known vulnerability" if not bad else "; ".join(bad)
    return f"{head}{said}; not answered for: {', '.join(skipped) or 'none'}."


UNREACHED = (
    "The machine that made this page reaches no advisory service (PyPI's, OSV's): pip-audit skipped every package,\n"
    f"and did not find the known faults of `{KNOWN_BAD.strip()}` either, which is asked for as a control. That it\n"
    'prints "No known vulnerabilities found" means nothing then.'
)


def _asked(requirements: Path) -> list[dict[str, Any]]:
    run = subprocess.run([*COMMAND, str(requirements)], capture_output=True, text=True)
    return list(json.loads(run.stdout)["dependencies"]) if run.stdout else []


def _version() -> str:
    return subprocess.run(["pip-audit", "--version"], capture_output=True, text=True, check=True).stdout.strip()


def page(audit: str) -> str:
    """The whole page."""
    head = ["| package | version | licence | asked for by | why |", "|---|---|---|---|---|"]
    return "\n".join([TEXT.replace("AUDIT", f"{BEGIN}{audit}\n{END}"), *head, *rows(), ""])


TEXT = """# Dependencies

Made by `docs/dependencies.py`. The app installs the groups library and app (`requirements.txt`); `constraints.txt`
pins everything.

## Known vulnerabilities

AUDIT

The command, where the network allows it:

    pip install pip-audit
    python docs/dependencies.py --audit

pip-audit knows Python packages, not the C libraries inside their wheels. Of these, opencv-python-headless 5.0.0.93
carries OpenSSL 1.1.1k, which is no longer maintained, and FFmpeg: both serve its video input, which nothing here calls.

## Licences

StrokeScope is Apache-2.0 and copies no code of these packages: pip fetches them from their own publishers. Nearly all
are permissive (MIT, BSD, ISC, PSF, Apache-2.0). The others, as far as engineers can tell:

- **MPL-2.0** (certifi, hypothesis, orjson, pathspec, shtab, tqdm): who changes their files publishes the changes.
  They are used as they are.
- **av** is BSD-3-Clause, but its wheel bundles FFmpeg with libx264 and libx265, which are GPL-2.0-or-later, beside
  libraries under the LGPL. It is asked for one thing, videos of inversions; where it is missing, the library writes
  animated WebP instead. Installing and running it asks for nothing. Who passes on a copy that contains it (a container
  image, an installer) passes on GPL code: its sources have to be offered, and what counts as one work with it has to be
  under the GPL, too; Apache-2.0 allows that with GPL-3.0. Leave av out of such copies, and never vendor it.
- **bpy** is Blender, GPL-3.0-or-later. Only the script that renders the gallery's photos imports it; neither the
  library nor the app nor the wheel contains or needs it, and its licence does not reach the pictures.
- **opencv-python-headless** is Apache-2.0 and bundles FFmpeg under the LGPL-2.1. **numpy**, **scipy**, **scikit-learn**
  and **torch** bundle runtime libraries of GCC, under the GPL with the exception that asks nothing of who uses them.
  The default Linux build of **torch** also installs NVIDIA's CUDA libraries under NVIDIA's own terms; the CPU build
  does not.

## Every pinned package
"""


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--audit", action="store_true", help="ask pip-audit; else the last answer stays")
    options = parser.parse_args()
    before = PAGE.read_text() if PAGE.exists() else f"{BEGIN}{END}"
    audit = audited() if options.audit else before.partition(BEGIN)[2].partition(f"\n{END}")[0]
    PAGE.write_text(page(audit))


if __name__ == "__main__":
    main()
