"""What the Shapes tab is for, and what its numbers mean."""

from demos.ui import Number

WHAT = "What does the network see in a stroke, apart from its place? Its nearest kin, and your drawing spelled by them."
NUMBERS = (
    Number(
        "Distance",
        "0 alike, 1 unrelated",
        "1 less the cosine of two shape embeddings of the network.",
        "A stroke's size in its drawing is part of its embedding.",
        "shapes",
    ),
    Number(
        "Share",
        "% of strokes",
        "How many of 15,000 strokes of training drawings a cluster holds.",
        "Clusters touch: the silhouette is 0.164, by seed 0.159 to 0.168, and two seeds agree to 0.63.",
        "shapes",
    ),
    Number(
        "Still recognised",
        "%",
        "Top-1 of drawings whose every stroke is replaced by its cluster's representative.",
        "59.0% of 2,940 held-out drawings, 86.6% as drawn. The examples survive more often: their own strokes are "
        "among the representatives.",
        "shapes",
    ),
    Number(
        "Left out",
        "% top-1",
        "The network trained without the shape, order or location of strokes.",
        "One seed and 400 steps each: read the order of the bars, not their height.",
        "recognition",
    ),
)
SILENCE = "A cluster has no meaning of its own: it is a cut through shapes that pass into each other."
