"""What the Attack tab is for, and what its numbers mean."""

from demos.ui import Number

WHAT = "How few strokes must go before a model sees something else? Searched for, proved, tried on others."
NUMBERS = (
    Number(
        "Ink gone",
        "% of the length of all lines",
        "What was deleted, whole strokes or pieces of them.",
        "Of 300 recognised sketches a greedy search flips 21.7% [17.4%, 26.7%] within a fifth of the ink and 99.3% "
        "[97.6%, 99.8%] without a limit.",
        "attack",
    ),
    Number(
        "Probability",
        "%",
        "Softmax of what is left, prepared anew as a drawing of its own.",
        "One drawing; a claimed flip was asked for once more, alone.",
        "attack",
    ),
    Number(
        "Fewest",
        "strokes",
        "No smaller deletion flips where the answer says so: every one of them was tried.",
        "Otherwise a strategy found it and others may do with less: greedy takes as few strokes as the exhaustive "
        "search in 94.0% [90.7%, 96.2%] of 300.",
        "attack",
    ),
    Number(
        "Fooled",
        "yes or no",
        "Whether a model that saw the same class before sees another in what is left.",
        "Nothing where it saw another class to begin with.",
        "attack",
    ),
    Number(
        "Points",
        "0 to 100",
        "In the game: what your deletion takes off the margin of the class, as a share of the most that one stroke "
        "can take.",
        "Every single deletion of this drawing is tried.",
    ),
)
SILENCE = "That a model is fooled does not say what a person sees in the rest: look at it."
