"""What the Assist tab is for, and what its numbers mean."""

from demos.ui import Number

WHAT = "Draw a photo: strokes that do not match it are marked while you draw, and leave at a click."
NUMBERS = (
    Number(
        "Rank",
        "1 is best",
        "How many photos are no farther from the drawing than the one you draw, itself included; and without the "
        "marked strokes.",
        "The marks know the photo, so the second rank is better than chance would have it.",
        "assist",
    ),
    Number(
        "Likeness",
        "-1 to 1",
        "Cosine of the vectors of drawing and photo, 1 the same. A stroke's number is what it adds, against an "
        "average photo; fast marks what takes more than 0.01.",
        "Of the strokes so marked 55.4 [50.9, 60.4] in 100 were planted, and of the planted 54.3 [49.6, 58.9] marked, "
        "on 203 sketches.",
        "assist",
    ),
    Number(
        "Dropped",
        "% of fits",
        "By gates: how many of the fitted gates leave the stroke out.",
        "On 40 sketches fewer marks, 65.3 [52.1, 77.8] in 100 of them right.",
        "assist",
    ),
)
SILENCE = (
    "A mark is not a mistake: with nothing planted about one stroke a drawing is marked. The photos that ship are "
    "rendered; the network learned from ChairV2."
)
