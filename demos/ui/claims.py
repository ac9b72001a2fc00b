"""What is surprising about an example: a fact, kept as data and checked by a test, and the sentence it is told in."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

SENTENCES: Mapping[str, str] = {
    "turn": "After {at} of {total} strokes it is {before} ({chance:.0%}); stroke {since} makes it {top} for good.",
    "early": "Known from stroke {at} of {total} on: {top}, {chance:.0%}.",
    "sturdy": "Whichever of its {total} strokes you take away, it stays {top}.",
    "heavy": "Without stroke {stroke}, {ink:.0%} of its ink, it is still {top}.",
    "mistaken": "Not what was meant: the model sees {top}, {chance:.0%}.",
    "careless": "Its strokes scattered over the canvas still read as {top}, {chance:.0%}.",
    "back": "Scattered, it is {before} ({chance:.0%}); {within} moves later {top} at {end:.0%}.",
    "alone": "One stroke has no place among others: draw a second one to scatter.",
    "fewest": "{count} of its {total} strokes gone, {ink:.0%} of the ink, and {before} becomes {after}.",
    "pieces": "One stroke cannot go; {count} pieces of it can, {ink:.0%} of the ink, and {before} becomes {after}.",
    "ranked": "After {at} of its {total} strokes its photo is number {rank} of {photos}.",
    "planted": "Planted: {planted}, off a {other}. Marked: {caught} of that and {wrong} of its own. Rank {before}, "
    "without the marked {after}.",
    "spelled": "Strokes: {total}, shapes: {shapes} of {known}. Spelled by these it is still {top}, {chance:.0%}.",
}
"""By kind of fact; the fields are the fact's."""


def told(fact: Mapping[str, Any]) -> str:
    """The sentence of a fact."""
    return SENTENCES[fact["kind"]].format(**fact)


def with_claims(drawn: Iterable[Mapping[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Examples with "says", the sentence of what the folder's claims.json knows of them, where it knows something."""
    facts = json.loads((folder / "claims.json").read_text(encoding="utf-8"))
    return [{**each, "says": told(facts[each["name"]]) if each["name"] in facts else ""} for each in drawn]
