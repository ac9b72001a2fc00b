"""`FaithfulnessScores` as a table in markdown and as figures. Needs no torch."""

from sketchlib.viz.faithfulness.figures import curves_figure, intervals_svg
from sketchlib.viz.faithfulness.table import table, write_table

__all__ = ["curves_figure", "intervals_svg", "table", "write_table"]
