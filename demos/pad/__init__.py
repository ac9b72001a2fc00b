"""Drawing components: `SketchPad` takes strokes, `Answers` and `HeatCard` show what a model makes of them,
`StrokePlayer` how an inversion moves them, `Deletion` which of them an attack takes away, `Drawings` small ones side by
side, `Finder` the photos they are of and `Sight` how a network reads them; `Atlas` shows the papers' figures."""

from demos.pad.answers.component import Answers
from demos.pad.atlas.component import Atlas
from demos.pad.courier.component import Courier, engage
from demos.pad.deletion.component import Deletion
from demos.pad.drawings.component import Drawings
from demos.pad.finder.component import Finder
from demos.pad.guide.component import Guide
from demos.pad.heat_card.component import HeatCard
from demos.pad.sight.component import Sight
from demos.pad.sketch_pad.component import SketchPad
from demos.pad.sketch_pad.value import SIZE, clean, revision
from demos.pad.stroke_player.component import StrokePlayer

__all__ = [
    "SIZE",
    "Answers",
    "Atlas",
    "Courier",
    "Deletion",
    "Drawings",
    "Finder",
    "Guide",
    "HeatCard",
    "Sight",
    "SketchPad",
    "StrokePlayer",
    "clean",
    "engage",
    "revision",
]
