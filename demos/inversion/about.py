"""What the Inversion tab is for, and what its numbers mean."""

from demos.ui import Number

WHAT = "Strokes are thrown about; descent on nothing but their places brings the label back, or makes another."
NUMBERS = (
    Number(
        "Probability",
        "% by iteration",
        "Softmax of the class that strokes are moved towards, and of the class seen.",
        "One drawing and the seeds you chose. Scattered strokes are often recognised at once: half of the 60 drawings "
        "that were measured stand at 50% before the first move.",
        "inversion",
    ),
    Number(
        "Reaches 99 %",
        "iterations",
        "The first iteration at which the class wanted has 99 %, the papers' success.",
        "On the preset that stays on the canvas 61.7% [49.2%, 74.2%] of recoveries get there, and 3.3% [0.8%, 6.7%] "
        "of transfers.",
        "inversion",
    ),
    Number(
        "Order found",
        "places",
        "Where strokes may change places in the order too: their new order.",
        "Only the preset free does that.",
        "inversion",
    ),
)
SILENCE = (
    "A label that is back is not the drawing that is back: 42.2% [36.4%, 48.3%] of the strokes return to within a "
    "tenth of the canvas of where they were drawn."
)
