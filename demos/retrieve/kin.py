"""What is known of the photos that ship: near-twins differ in one parameter."""

import json
from functools import cache

from demos.ui.photos import PHOTOS


@cache
def kin() -> dict[str, tuple[tuple[str, str], ...]]:
    """Photo -> its siblings as (photo, what differs between the two in words)."""
    items = json.loads((PHOTOS.parent / "items.json").read_text(encoding="utf-8"))["items"]
    families: dict[str, list[dict[str, str]]] = {}
    for item in items:
        families.setdefault(item["twin_of"] or item["key"], []).append(item)
    return {
        one["photo"]: tuple((other["photo"], _difference(one, other)) for other in family if other is not one)
        for family in families.values()
        for one in family
    }


def _difference(one: dict[str, str], other: dict[str, str]) -> str:
    changed = sorted({each["changed"] for each in (one, other) if each["changed"]})
    return " and ".join(changed).replace("_", " ")
