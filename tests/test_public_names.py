"""What people build on: every public name, written out; a name that comes or goes is a decision, not an accident."""

import ast
import importlib
import inspect
import pkgutil
import re
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

import sketchlib

ROOT = Path(__file__).resolve().parent.parent
PUBLIC = {
    "sketchlib": "__version__",
    "sketchlib.sketch": "Sketch Stroke",
    "sketchlib.io": """
        MAXIMUM_POINTS MAXIMUM_STROKES MAXIMUM_SVG_BYTES from_pad from_quickdraw from_rows from_stroke3
        from_stroke5 from_svg from_token read_archive read_quickdraw read_records read_sketches to_pad
        to_quickdraw to_stroke3 to_stroke5 to_svg to_token write_sketches
    """,
    "sketchlib.simplify": "canonical is_canonical ramer_douglas_peucker resample",
    "sketchlib.raster": "LINE_WIDTH SOFTNESS compose flatten rasterise render render_flat stroke_maps",
    "sketchlib.models": "Recogniser available build load",
    "sketchlib.models.cards": """
        CHECKPOINTS Card Data Graph Preprocessing Score WeightFile Weights available card_graphs card_tensors
        find_card load_tensors published_weights read_card recognisers resolve save_graph save_tensors write_card
    """,
    "sketchlib.attribution": """
        Attribution Canvas DrawnGame Game InkGame METHODS Method Target VectorGame explain game_for logit
        margin predicted scalar
    """,
    "sketchlib.attribution.faithfulness": """
        Removals all_removals area cascade deletion_curve infidelity infidelity_normalised insertion_curve
        jittered max_sensitivity planted planted_auc randomised sensitivity_n spearman
    """,
    "sketchlib.inversion": """
        Optimiser PRESETS Run Start Step invert invert_batch iterations_to original_locations recovery_error
        strokes_back
    """,
    "sketchlib.adversarial": "Attack MOST_EXHAUSTIVE Model STRATEGIES Step attack explained",
    "sketchlib.retrieval": "Gallery Matches PhotoEncoder Problem",
    "sketchlib.assist": """
        Aim Assistance Filtering METHODS Reader Schedule THRESHOLD Views assist encoder_of filtered reading
        views
    """,
    "sketchlib.shapes": """
        Clusters Count FRAME Kept SIZES Sample as_json boxed cosines directions embed embed_samples file_name
        fingerprint framed from_json order_similarity primitives redrawn samples_of
    """,
    "sketchlib.evaluate": "ClassScore RecognitionScores recognition wilson",
    "sketchlib.viz": """
        FLOOR Heat Picture SCALES Stretch colour heat heat_svg limit_of number order_colours raw_range
        storyboard_svg video
    """,
    "sketchlib.viz.faithfulness": "curves_figure intervals_svg table write_table",
    "sketchlib.figures": "FIGURES FORMATS Plan Sheet as_pdf as_svg make",
    "sketchlib.categories": "QUICKDRAW30 QUICKDRAW345 choose",
    "sketchlib.errors": """
        CheckpointError DownloadError FormatError InputError ModelError SketchError SketchlibError TargetError
    """,
    "sketchlib.cli": "main parser",
}
INNER = {"sketchlib.data", "sketchlib.train", "sketchlib.train.retrieval", "sketchlib.__main__"}
"""What the command line runs, and nobody is promised."""
ARRAY = re.compile(r"Array|Tensor|ndarray")
SHAPE = re.compile(r"\((?:\w+(?: [+-] \d+)?|\.\.\.),|\[\w+, ['\"]")


def names(module):
    return PUBLIC[module].split()


EVERY = [(module, name) for module in PUBLIC for name in names(module)]
MADE = [(module, name) for module, name in EVERY if name != "__version__"]


@pytest.mark.parametrize("module", PUBLIC)
def test_a_module_offers_these_names_and_no_others(module):
    offered = getattr(importlib.import_module(module), "__all__", ["__version__"])
    assert sorted(offered) == sorted(names(module))
    assert len(set(offered)) == len(offered)


@pytest.mark.parametrize(("module", "name"), EVERY)
def test_every_name_is_there(module, name):
    assert getattr(importlib.import_module(module), name) is not None


def test_every_module_is_listed_or_inner():
    found = {each.name for each in pkgutil.walk_packages(sketchlib.__path__, "sketchlib.")}
    packages = {name for name in found if name.count(".") == 1 or hasattr(importlib.import_module(name), "__path__")}
    assert packages == {*PUBLIC, *INNER} - {"sketchlib"}


def test_the_reference_has_a_page_for_each_module():
    nav = [name for entry in yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"] for name in entry]
    assert sorted(nav) == sorted(PUBLIC)


def raised(function):
    """Errors of ours that a function raises itself."""
    tree = ast.parse(dedent(inspect.getsource(function)))
    calls = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)]
    return {ast.unparse(call.func) for call in calls if ast.unparse(call.func).endswith("Error")}


def complaints(name, value, said):
    """What the docstring of a function or class leaves out."""
    found = [] if said and said.strip()[-1] in ".:)" else [f"{name} has no sentence"]
    if inspect.isfunction(value):
        text = said or ""
        found += [f"{name} raises {error} and does not say so" for error in raised(value) if error not in text]
        signature = " ".join(str(each) for each in inspect.get_annotations(value).values())
        source = inspect.getsource(value).partition('"""')[0]
        if ARRAY.search(signature) and not SHAPE.search(text + source) and "as in" not in text:
            found.append(f"{name} states no shape")
    return found


@pytest.mark.parametrize(("module", "name"), MADE)
def test_every_name_says_what_it_is(module, name):
    value = getattr(importlib.import_module(module), name)
    if inspect.isfunction(value) or inspect.isclass(value):
        assert complaints(name, value, inspect.getdoc(value)) == []
    else:
        assert name in documented(module)


def documented(module):
    """Constants that a docstring follows, in the files of a module."""
    file = Path(importlib.import_module(module).__file__)
    found = set()
    for path in file.parent.rglob("*.py") if file.name == "__init__.py" else [file]:
        body = ast.parse(path.read_text()).body
        for node, after in pairwise(body):
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(after, ast.Expr):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {ast.unparse(target) for target in targets}
            elif isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
                found.add(node.name)
    return found


def test_the_checker_can_fail():
    def silent(points: "NDArray") -> None:  # noqa: F821
        if len(points):
            raise ValueError("no")

    wanted = ["silent has no sentence", "silent raises ValueError and does not say so", "silent states no shape"]
    assert complaints("silent", silent, None) == wanted
    assert complaints("silent", silent, "Points (n, 2). Raises ValueError.") == []
