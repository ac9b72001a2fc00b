"""What the tests share: the data folder, and hypothesis without deadlines."""

import os
from pathlib import Path

import hypothesis
import pytest
from jaxtyping import install_import_hook

# A loaded machine is slow, not wrong.
hypothesis.settings.register_profile("strokescope", deadline=None, max_examples=30)
hypothesis.settings.load_profile("strokescope")

# Shapes in signatures are enforced; numba cannot compile checked functions, so the raster is left out.
install_import_hook("sketchlib.models", "beartype.beartype")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of real sketches that STROKESCOPE_DATA names; a test that needs it skips without."""
    root = Path(os.environ.get("STROKESCOPE_DATA", ROOT.parent / "shared" / "data"))
    if not (root / "quickdraw" / "val").is_dir():
        pytest.skip(f"needs real sketches: set STROKESCOPE_DATA to a folder with quickdraw/val (looked in {root.name})")
    return root
