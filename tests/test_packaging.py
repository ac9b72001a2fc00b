"""What a Space, pip and a reader find at the root: front matter, pins, wheel, licence, documents."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.test_architecture import imported, sources, tracked

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
IN_THE_WHEEL = (
    "sketchlib/",
    "checkpoints/",
    "demos/examples/",
    "docs/results/",
    "pyproject.toml",
    "README.md",
    "LICENSE",
)
OF_THE_SPACE = {"spaces"}
"""A ZeroGPU Space brings it, and nobody else needs it."""
SPACE_COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def requirements(name: str) -> dict[str, Requirement]:
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in parsed}


def pin(requirement: Requirement) -> str:
    (specifier,) = requirement.specifier
    assert specifier.operator == "==", f"{requirement} is not pinned"
    return specifier.version


def front_matter() -> dict[str, object]:
    _, header, _ = (ROOT / "README.md").read_text().split("---\n", 2)
    return dict(yaml.safe_load(header))


def test_front_matter_is_what_a_space_reads() -> None:
    header = front_matter()
    kinds = {"title": str, "emoji": str, "python_version": str, "short_description": str, "tags": list, "pinned": bool}
    assert {name: type(header[name]) for name in kinds} == kinds
    assert header["sdk"] == "gradio"
    assert {header["colorFrom"], header["colorTo"]} <= SPACE_COLOURS
    assert header["suggested_hardware"] == "cpu-basic"
    assert len(str(header["short_description"])) <= 60
    assert header["app_file"] == "app.py"
    assert Version(str(header["python_version"])) in Requirement("python" + PROJECT["requires-python"]).specifier


def test_space_and_requirements_agree_on_gradio() -> None:
    assert front_matter()["sdk_version"] == pin(requirements("requirements.txt")["gradio"])


def test_every_requirement_is_pinned_within_the_ranges_of_the_library() -> None:
    pins = {name: pin(requirement) for name, requirement in requirements("constraints.txt").items()}
    direct = {name: pin(requirement) for name, requirement in requirements("requirements.txt").items()}
    assert direct.items() <= pins.items()
    assert direct["torch"] == "2.13.0"
    extras = [text for extra in PROJECT["optional-dependencies"].values() for text in extra]
    for requirement in map(Requirement, [*PROJECT["dependencies"], *extras]):
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{name} has no pin in constraints.txt"
        assert pins[name] in requirement.specifier


def third_party(files: dict[str, str]) -> set[str]:
    """Distributions that provide what the files import from outside the project and the standard library."""
    names = {name.split(".")[0] for path, text in files.items() for _, name in imported(path, text)}
    outside = names - set(sys.stdlib_module_names) - {"sketchlib", "demos", "app", "tests"}
    providers = metadata.packages_distributions()
    return {canonicalize_name(provider) for name in outside for provider in providers.get(name, [name])}


def test_what_the_app_imports_is_in_requirements() -> None:
    library = sources("sketchlib")
    optional = ("sketchlib/train", "sketchlib/data", "sketchlib/cli", "sketchlib/retrieval/qdrant.py")
    files = {path: text for path, text in library.items() if not path.startswith(optional)}
    files |= sources("demos", "app.py")
    assert third_party(files) - set(requirements("requirements.txt")) == OF_THE_SPACE


def test_what_else_the_library_imports_is_in_its_extras() -> None:
    extras = [text for name in ("train", "qdrant") for text in PROJECT["optional-dependencies"][name]]
    named = {canonicalize_name(Requirement(text).name) for text in extras}
    assert third_party(dict(sources("sketchlib"))) - named - set(requirements("requirements.txt")) == set()


def test_import_checker_can_fail() -> None:
    assert third_party({"demos/recognise.py": "import os, yaml\nfrom PIL import Image"}) == {"pyyaml", "pillow"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the tracked files, built without isolation, so that nothing is downloaded."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for path in tracked():
        name = path.relative_to(ROOT)
        if name.as_posix().startswith(IN_THE_WHEEL):
            copy = source / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    options = [
        "--no-build-isolation",
        "--no-deps",
        "--no-index",
        "--disable-pip-version-check",
        "--wheel-dir",
        str(built),
    ]
    command = [sys.executable, "-m", "pip", "wheel", *options, str(source)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    (found,) = built.glob("*.whl")
    return found


def test_wheel_holds_the_library_and_the_checkpoints(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    tracked_names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    expected = {name for name in tracked_names if name.startswith("sketchlib/")}
    expected |= {
        f"sketchlib/{name}" for name in tracked_names if re.match(r"checkpoints/.*\.(toml|safetensors|onnx)$", name)
    }
    assert expected <= packed
    assert {name.split("/")[0] for name in packed if ".dist-info" not in name} == {"sketchlib"}


def test_installed_library_finds_the_same_models(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import sketchlib, sketchlib.models as models; print(sketchlib.__file__); print(*models.available(), sep='\\n')"
    )
    outputs = []
    for folder in (tmp_path, ROOT):
        run = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        place, *names = run.stdout.splitlines()
        assert Path(place).is_relative_to(folder)
        outputs.append(names)
    assert outputs[0] == outputs[1]


def test_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert PROJECT["license"] == "Apache-2.0"
    assert front_matter()["license"] == "apache-2.0"
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_citation_names_the_version_of_the_project() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert (citation["version"], citation["license"]) == (PROJECT["version"], PROJECT["license"])
    assert {entry["url"][-10:] for entry in citation["references"]} == {"2304.11744", "2403.09480", "2505.23763"}


def test_changelog_is_a_changelog() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
    kinds = set(re.findall(r"^### (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def documents() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_local_links_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", path.read_text()) + re.findall(r'src="([^"]+)"', path.read_text())
    missing = [target for target in targets if "://" not in target and not (path.parent / target).exists()]
    assert missing == []


def test_every_convention_has_its_test_and_every_test_its_row() -> None:
    rows = set(re.findall(r"\| `(test_convention_\w+)` \|$", (ROOT / "docs/conventions.md").read_text(), re.MULTILINE))
    lines = (ROOT / "docs/conventions.md").read_text().splitlines()
    assert len(rows) == sum(line.startswith("| ") and not line.startswith("| convention") for line in lines)
    found = {
        name for text in sources("tests").values() for name in re.findall(r"^def (test_convention_\w+)", text, re.M)
    }
    assert rows == found


def test_every_citation_is_in_the_bibliography() -> None:
    known = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "docs/papers.bib").read_text(), re.MULTILINE))
    texts = [*sources("sketchlib", "demos").values(), *(path.read_text() for path in documents())]
    cited = {key for text in texts for key in re.findall(r"\[([a-z]+\d{4}[a-z]+)[,\]]", text)}
    assert cited <= known
    assert "qu2023sketchxai" in cited


def dependencies_page() -> dict[str, list[str]]:
    """Canonical name -> version, licence, group and reason of each row of docs/dependencies.md."""
    lines = (ROOT / "docs" / "dependencies.md").read_text().partition("|---|")[2].splitlines()[1:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {canonicalize_name(name): others for name, *others in cells}


def test_every_pin_has_its_licence_and_its_reason_on_the_page() -> None:
    """Where this fails after a pin has changed: python docs/dependencies.py."""
    page = dependencies_page()
    assert {name: row[0] for name, row in page.items()} == {
        name: pin(requirement) for name, requirement in requirements("constraints.txt").items()
    }
    assert all(len(row) == 4 and row[1] and row[3] for row in page.values())


def test_only_the_renderer_of_the_gallery_is_under_the_gpl() -> None:
    assert [name for name, row in dependencies_page().items() if "GPL" in row[1]] == ["bpy"]
    assert third_party({**sources("sketchlib"), **sources("demos", "app.py")}) & {"bpy"} == set()
