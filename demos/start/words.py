"""The tab's cards: the facts of `draw`, in words, and where each leads."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from demos.ui import examples, with_claims
from sketchlib.io import from_pad

FOLDER = Path(__file__).parent
DRAWINGS = {
    "Retrieve": (FOLDER.parent / "retrieve" / "drawings", "dining chair 0004a"),
    "Assist": (FOLDER.parent / "assist" / "drawings", "kitchen chair 0046a with 2 of a drum stool"),
    "Shapes": (FOLDER.parent / "examples", "butterfly"),
}


def cards() -> list[dict[str, Any]]:
    """What `Start` shows: three pictures, then a drawing for each of the other tabs."""
    facts = json.loads((FOLDER / "facts.json").read_text(encoding="utf-8"))
    by = f"{facts['model']}, one drawing"
    return [
        {**matter(facts["matter"]), "about": f"Leave-one-out, {by}.", "svg": picture("matter")},
        {**needs(facts["needs"]), "about": f"Stroke location inversion, {by}.", "svg": picture("needs")},
        {**little(facts["little"]), "about": f"Greedy stroke deletion, {by}.", "svg": picture("little")},
        {
            "question": "Which photo is it?",
            "finding": "Photos of furniture re-rank after every stroke.",
            "button": "Find this chair",
            **drawing("Retrieve"),
        },
        {
            "question": "Which strokes are wrong?",
            "finding": "Strokes that do not match a photo are marked while you draw it.",
            "button": "Mend this chair",
            **drawing("Assist"),
        },
        {
            "question": "What is a stroke to it?",
            "finding": "Every stroke is one of a few dozen shapes; the drawing is made again of those alone.",
            "button": "Spell this butterfly",
            **drawing("Shapes"),
        },
    ]


def matter(fact: dict[str, Any]) -> dict[str, Any]:
    """Which strokes matter."""
    first, second, best = (f"{value:+.2f}" for value in (*fact["values"][:2], fact["values"][fact["best"] - 1]))
    return {
        "question": "Which strokes matter?",
        "finding": f"The bridge is {fact['ink']:.0%} of the ink and says more for {fact['seen']} than both lenses: "
        f"{best} logits against {first} and {second}.",
        "button": "Colour these eyeglasses",
        "errand": {"tab": "Recognise", "example": "eyeglasses"},
    }


def needs(fact: dict[str, Any]) -> dict[str, Any]:
    """What the model needs."""
    start = fact["start"]
    return {
        "question": "What does it need?",
        "finding": f"{fact['strokes']} strokes thrown about read as {start['top']}, {start['chance']:.0%}. Moved, and "
        f"never changed, they read as {fact['seen']} again: {fact['chance']:.1%} after {fact['iterations']} steps.",
        "button": "Scatter this bicycle",
        "errand": {"tab": "Inversion", "example": "bicycle", "press": "inversion-run"},
    }


def little(fact: dict[str, Any]) -> dict[str, Any]:
    """How little it takes."""
    before, after = fact["before"], fact["after"]
    return {
        "question": "How little does it take?",
        "finding": f"Without one leg, {fact['ink']:.0%} of the ink, a {before['top']} ({before['chance']:.0%}) is a "
        f"{after['top']} ({after['chance']:.0%}).",
        "button": "Attack this chair",
        "errand": {"tab": "Attack", "example": "dining chair 0004a", "press": "attack-run"},
    }


def drawing(tab: str) -> dict[str, Any]:
    """The picture and the errand of a tab whose example is shown as it is drawn."""
    folder, name = DRAWINGS[tab]
    (one,) = [each for each in with_claims(examples(folder), FOLDER.parent / tab.lower()) if each["name"] == name]
    drawn = from_pad({"strokes": one["strokes"]}).fitted()
    return {
        "about": one["says"],
        "errand": {"tab": tab, "example": name},
        "strokes": [np.round(stroke.points, 3).tolist() for stroke in drawn],
    }


def picture(name: str) -> str:
    """The text of an SVG of this folder."""
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
