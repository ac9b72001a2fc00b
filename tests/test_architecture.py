"""The house: who may import whom, how long things are, what may be in git. Each checker fails on a made-up file."""

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
METHODS = ("attribution", "inversion", "retrieval", "adversarial", "assist", "shapes", "evaluate")
CORE = ("errors", "categories", "sketch")
ENCODINGS = ("io", "simplify", "raster")

# errors <- sketch <- io, simplify, raster <- models <- methods (siblings) <- viz <- figures, train, cli <- demos <- app
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "sketchlib.errors": (),
    "sketchlib.categories": ("errors",),
    "sketchlib.sketch": ("errors",),
    **{f"sketchlib.{name}": CORE for name in ENCODINGS},
    "sketchlib.models": (*CORE, *ENCODINGS),
    "sketchlib.data": (*CORE, *ENCODINGS, "models"),
    **{f"sketchlib.{name}": (*CORE, *ENCODINGS, "models") for name in METHODS},
    # Both delete by what an attribution says, and are judged with its samples and with evaluate's intervals.
    **{
        f"sketchlib.{name}": (*CORE, *ENCODINGS, "models", "attribution", "evaluate")
        for name in ("adversarial", "assist")
    },
    # Its judge loads the networks that find photos.
    "sketchlib.assist": (*CORE, *ENCODINGS, "models", "attribution", "evaluate", "retrieval"),
    "sketchlib.viz": (*CORE, *ENCODINGS, "models", *METHODS),
    "sketchlib.figures": (*CORE, *ENCODINGS, "models", *METHODS, "viz"),
    "sketchlib.train": (*CORE, *ENCODINGS, "models", "data", *METHODS, "viz"),
    "sketchlib.cli": (*CORE, *ENCODINGS, "models", "data", *METHODS, "viz", "figures", "train"),
    "sketchlib.__main__": ("cli",),
    "sketchlib.__init__": (*CORE, *ENCODINGS, "models", "data", *METHODS, "viz"),
}
READS_NO_FILES = (*CORE, "simplify", "raster", *METHODS)
STORES = ("sketchlib/retrieval/store.py",)
MAXIMUM_BODY_LINES, MAXIMUM_FILE_LINES, MAXIMUM_FILE_BYTES = 40, 300, 10_000_000
LOCAL_PATH = re.compile(r"(?<![\w.~}])/(?:home|Users|work|farm|tmp|root)/\w")

Sources = Mapping[str, str]


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("needs a git checkout to know which files belong to the project")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def sources(*folders: str) -> Sources:
    """Repository path -> text of every tracked Python file below the folders (or of the file itself)."""
    found = [path.relative_to(ROOT).as_posix() for path in tracked() if path.suffix == ".py"]
    return {name: (ROOT / name).read_text() for name in found if name in folders or name.split("/")[0] in folders}


def product() -> Sources:
    return sources("sketchlib", "demos", "app.py")


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(path: str, text: str) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import of a file, lazy ones included, relative ones made absolute."""
    package = path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def unit(path: str) -> str:
    """The box of the drawing a library file stands in: sketchlib/models/cards.py -> sketchlib.models."""
    parts = path.removesuffix(".py").split("/")
    return ".".join(parts[:2])


def forbidden_library_imports(files: Sources) -> list[str]:
    complaints = []
    for path, text in files.items():
        here = unit(path)
        allowed = {here, *(f"sketchlib.{name}" for name in MAY_IMPORT.get(here, ()))}
        for line, name in imported(path, text):
            outside = name.split(".")[0] in ("gradio", "demos", "app")
            target = ".".join(name.split(".")[:2])
            known = target in MAY_IMPORT or target == "sketchlib"
            if outside or (name.startswith("sketchlib") and known and target not in allowed):
                complaints.append(f"{path}:{line} imports {name}")
    return complaints


def forbidden_demo_imports(files: Sources) -> list[str]:
    """A tab imports sketchlib, demos.ui, demos.pad and its own parts; no tab imports another; demos.api, which offers
    programs what tabs compute, is above the tabs, and app.py above all."""
    complaints = []
    for path, text in files.items():
        here = module_name(path)
        own = ".".join(here.split(".")[:2]) + "."
        for line, name in imported(path, text):
            if name.split(".")[0] == "app":
                complaints.append(f"{path}:{line} imports {name}")
            shared = name.startswith(("demos.ui", "demos.pad", own))
            above = here in ("demos", "app") or here.startswith("demos.api")
            if name.startswith("demos") and not shared and not above:
                complaints.append(f"{path}:{line} imports {name}")
            if name.startswith("sketchlib") and any(part.startswith("_") for part in name.split(".")):
                complaints.append(f"{path}:{line} imports the private {name}")
    return complaints


def unknown_units(files: Sources) -> list[str]:
    return sorted({unit(path) for path in files} - set(MAY_IMPORT))


def file_access(files: Sources) -> list[str]:
    """Calls that read or write files in the parts of the library that may not."""
    verbs = ("open", "read_text", "read_bytes", "write_text", "write_bytes", "urlopen")
    complaints = []
    for path, text in files.items():
        if unit(path).removeprefix("sketchlib.") not in READS_NO_FILES or path in STORES:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in verbs:
                complaints.append(f"{path}:{node.lineno} calls {ast.unparse(node.func)}")
    return complaints


def body_lines(files: Sources) -> list[tuple[int, str]]:
    """(lines of the body without its docstring, place) of every function."""
    lengths = []
    for path, text in files.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = node.end_lineno - body[0].lineno + 1 if body and node.end_lineno else 0
                lengths.append((length, f"{path}:{node.lineno} {node.name}"))
    return lengths


def local_paths(texts: Sources) -> list[str]:
    return [
        f"{name}:{number} {line.strip()[:80]}"
        for name, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if LOCAL_PATH.search(line)
    ]


def too_heavy(files: Mapping[str, int]) -> list[str]:
    return [f"{name} {size} bytes" for name, size in files.items() if size > MAXIMUM_FILE_BYTES]


def is_text(path: Path) -> bool:
    return b"\0" not in path.read_bytes()[:4096]


def test_library_imports_follow_the_drawing() -> None:
    assert forbidden_library_imports(sources("sketchlib")) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("sketchlib/errors.py", "from sketchlib.sketch import Sketch"),
        ("sketchlib/raster/kernel.py", "from ..models import load"),
        ("sketchlib/attribution/gates.py", "def f():\n    import sketchlib.inversion"),
        ("sketchlib/attribution/gates.py", "from sketchlib import inversion"),
        ("sketchlib/viz.py", "import gradio as gr"),
        ("sketchlib/models/cards.py", "from demos.ui import figure"),
        ("sketchlib/train/recipe.py", "from sketchlib.cli import main"),
    ],
)
def test_library_import_checker_can_fail(path: str, text: str) -> None:
    assert len(forbidden_library_imports({path: text})) == 1


def test_library_import_checker_lets_a_good_module_pass() -> None:
    good = (
        "import numpy\nfrom sketchlib.errors import SketchError\nfrom sketchlib.raster import render\nfrom . import x"
    )
    assert forbidden_library_imports({"sketchlib/models/recogniser.py": good}) == []


def test_every_part_of_the_library_stands_in_the_drawing() -> None:
    assert unknown_units(sources("sketchlib")) == []
    assert unknown_units({"sketchlib/utils.py": ""}) == ["sketchlib.utils"]


def test_demo_imports_follow_the_drawing() -> None:
    assert forbidden_demo_imports(sources("demos", "app.py")) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("demos/recognise.py", "from demos.inversion import TAB"),
        ("demos/recognise.py", "from . import inversion"),
        ("demos/recognise/heat.py", "from demos.inversion import TAB"),
        ("demos/recognise.py", "import app"),
        ("demos/ui.py", "from demos.recognise import build"),
        ("demos/recognise/heat.py", "from demos.api import recognise"),
        ("demos/ui/models.py", "from demos.api.endpoint import endpoint"),
        ("demos/api/recognise.py", "from app import build"),
        ("demos/recognise.py", "from sketchlib.raster.plain import _flatten"),
    ],
)
def test_demo_import_checker_can_fail(path: str, text: str) -> None:
    assert len(forbidden_demo_imports({path: text})) == 1


def test_demo_import_checker_lets_a_good_tab_pass() -> None:
    good = "import gradio as gr\nfrom demos.ui import figure\nfrom demos.pad import SketchPad\nfrom sketchlib import io"
    above = {
        "demos/__init__.py": "from demos import recognise",
        "demos/api/explain.py": "from demos.recognise.heat import Choice",
        "app.py": "from demos import api",
    }
    assert forbidden_demo_imports({"demos/recognise.py": good, **above}) == []


def test_only_io_cards_and_stores_touch_files() -> None:
    assert file_access(sources("sketchlib")) == []


@pytest.mark.parametrize("call", ["open('x')", "gzip.open('x')", "Path('x').read_text()"])
def test_file_access_checker_can_fail(call: str) -> None:
    assert len(file_access({"sketchlib/raster/plain.py": call})) == 1
    assert file_access({"sketchlib/io.py": call}) == []


def test_functions_and_files_stay_short() -> None:
    files = product()
    lengths = body_lines(files)
    assert [place for length, place in lengths if length > MAXIMUM_BODY_LINES] == []
    assert statistics.median(length for length, _ in lengths) < 10
    assert [path for path, text in files.items() if len(text.splitlines()) > MAXIMUM_FILE_LINES] == []


def test_body_lines_counts_the_body_without_its_docstring() -> None:
    code = 'def f():\n    """A\n    b."""\n    a = 1\n    return (\n        a\n    )\ndef g():\n    """Only this."""\n'
    assert body_lines({"x.py": code}) == [(4, "x.py:1 f"), (0, "x.py:8 g")]


def test_no_path_of_one_machine_is_written_down() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text(errors="replace") for path in tracked() if is_text(path)}
    assert local_paths(texts) == []


@pytest.mark.parametrize("folder", ["home", "Users", "work", "tmp"])
def test_local_path_checker_can_fail(folder: str) -> None:
    assert len(local_paths({"a.py": f"\n'/{folder}/someone/data'"})) == 1
    assert local_paths({"a.py": f"https://example.org/{folder}/page, frame/{folder}/x"}) == []


def test_files_in_git_stay_small_enough_for_a_space() -> None:
    assert too_heavy({str(path): path.stat().st_size for path in tracked()}) == []
    assert too_heavy({"weights.safetensors": 10_000_001}) == ["weights.safetensors 10000001 bytes"]


def test_importing_sketchlib_loads_no_heavy_package() -> None:
    code = "import sys, sketchlib; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"torch", "numba", "gradio", "plotly", "pandas", "scipy", "matplotlib", "huggingface_hub", "svgelements"}
    assert heavy & set(run.stdout.split()) == set()


@pytest.mark.parametrize("module", ["sketch", "errors", "io", "simplify", "raster"])
def test_modules_below_the_models_load_no_torch(module: str) -> None:
    code = f"import sys, sketchlib.{module}; print('torch' in sys.modules, 'svgelements' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]


def ruff(*arguments: str, text: str | None = None) -> str:
    command = [sys.executable, "-m", "ruff", "check", "--output-format=concise", *arguments]
    return subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True).stdout.strip()


def test_ruff_finds_nothing() -> None:
    assert ruff(".") == "All checks passed!"


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("def public(): ...", "D103"),
        ("class Public: ...", "D101"),
        ('"""Module."""\nassert True', "S101"),
        ('"""Module."""\nprint(1)', "T201"),
    ],
)
def test_ruff_wants_docstrings_and_sentences_in_the_library(code: str, rule: str) -> None:
    assert rule in ruff("--stdin-filename", "sketchlib/example.py", "-", text=code + "\n")


def test_mypy_strict_finds_nothing() -> None:
    run = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
