"""What the app is for, and what the numbers of its first tab mean."""

from demos.ui import Number

WHAT = "What do neural networks rely on in a human sketch? Three papers asked; here you ask again, by drawing."
NUMBERS = (
    Number(
        "Logits",
        "of a class",
        "What the score of a class loses without a stroke, the others left where they are.",
        "One drawing and one network.",
        "attribution",
    ),
    Number(
        "%",
        "probability, or share of the ink",
        "Softmax over 66 classes; ink is the length of all lines.",
        "Pictures were chosen because they surprise; how often such things happen is on each tab.",
        "attack",
    ),
    Number(
        "Steps",
        "iterations",
        "Moves of all strokes by gradient descent on their places.",
        "One start, at random: seed 0.",
        "inversion",
    ),
)
SILENCE = "The pictures are made by python -m demos.start.draw from the weights that ship."
