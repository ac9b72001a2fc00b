"""What the Retrieve tab is for, and what its numbers mean."""

from demos.ui import Number

WHAT = "Draw the one photo you mean: all re-rank after every stroke, on the smallest canvas that will do."
NUMBERS = (
    Number(
        "Rank",
        "1 is best",
        "How many photos are no farther from the drawing than the target, itself included.",
        "Of 203 sketches of 60 held-out chairs 73.4 [66.8, 80.0] in 100 find their photo first. Photos that ship are "
        "rendered and have near-twins: ranks here are another question.",
        "retrieval",
    ),
    Number(
        "Distance",
        "0 to 2",
        "Euclidean, between the vectors of drawing and photo, of length 1 each.",
        "It orders photos; no distance means the same for two drawings.",
        "retrieval",
    ),
    Number(
        "GFLOPs",
        "of one query",
        "What choosing the canvas and reading the drawing cost, counted as in the paper, not measured; milliseconds "
        "are this machine's.",
        "Of the sketches of the test, half need no more than a glance at 32 pixels; the others are read at 64 as well.",
        "retrieval",
    ),
    Number(
        "Colour of a stroke",
        "likeness",
        "What the likeness to a photo loses without the stroke; a likeness is the cosine of the two vectors. Colour "
        "is full at the largest value, at least 0.02.",
        "One drawing; how faithful these colours are was measured on the recognisers only.",
        "attribution",
    ),
)
SILENCE = "None of them says how well your own photos are found: that was measured on chairs of ChairV2 alone."
