"""What the Recognise tab is for, and what its numbers mean."""

from demos.ui import Number

WHAT = "A network names your sketch after every stroke, and colours each by what it says for that name."
NUMBERS = (
    Number(
        "Probability",
        "%",
        "Softmax over the classes of the model: it adds up to 100 whatever is drawn.",
        "How often the model is right, and on how many sketches, stands under the bars; a drawing of anything else "
        "gets a class as well.",
        "recognition",
    ),
    Number(
        "Colour of a stroke",
        "logits",
        "By leave-one-out, what the score of the class loses without the stroke, the others left where they are. "
        "Colour is full at the largest value of this drawing, at least 1 logit.",
        "The values do not add up to the score, the gap beside them says by how much; methods differ: over 250 "
        "sketches leave-one-out and Shapley values correlate by 0.73 [0.69, 0.77].",
        "attribution",
    ),
    Number(
        "When did it know?",
        "% after each stroke",
        "The probability of the leading classes, every beginning judged as if it were a whole drawing.",
        "One drawing, in the order you drew it.",
        "recognition",
    ),
    Number(
        "Strokes removed",
        "logits",
        "The score while strokes leave, the strongest first, beside 10 random orders.",
        "One drawing. Over 250 sketches the area under such a curve of the probability is 0.24 [0.22, 0.26] by "
        "leave-one-out and 0.46 [0.43, 0.48] in random order.",
        "attribution",
    ),
)
SILENCE = "None of them says how a person would read the drawing, or that another network reads it so."
