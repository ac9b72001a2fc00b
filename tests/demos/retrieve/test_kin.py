"""Near-twins of the photos that ship."""

import json

from demos.retrieve.kin import kin
from demos.ui.photos import PHOTOS


def test_siblings_are_those_of_one_design_and_say_what_differs():
    items = json.loads((PHOTOS.parent / "items.json").read_text())["items"]
    by_photo = {item["photo"]: item for item in items}
    assert set(kin()) == set(by_photo) == {path.name for path in PHOTOS.glob("*.jpg")}
    for photo, siblings in kin().items():
        stem = by_photo[photo]["key"][:-1]
        assert sorted([photo, *(name for name, _ in siblings)]) == [
            item["photo"] for item in items if item["key"][:-1] == stem
        ]
        for name, differs in siblings:
            changed = {by_photo[each]["changed"] for each in (photo, name)} - {""}
            assert set(differs.replace(" and ", "|").split("|")) == {each.replace("_", " ") for each in changed}
