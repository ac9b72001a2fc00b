"""Drawing components: `SketchPad` takes strokes, `Answers` and `HeatCard` show what a model makes of them,
`StrokePlayer` how an inversion moves them, `Drawings` small ones side by side."""

from demos.pad.answers.component import Answers
from demos.pad.drawings.component import Drawings
from demos.pad.heat_card.component import HeatCard
from demos.pad.sketch_pad.component import SketchPad
from demos.pad.sketch_pad.value import SIZE, clean, revision
from demos.pad.stroke_player.component import StrokePlayer

__all__ = ["SIZE", "Answers", "Drawings", "HeatCard", "SketchPad", "StrokePlayer", "clean", "revision"]
