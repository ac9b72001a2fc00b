"""An SVG document from a stranger -> a small, harmless one that holds geometry only.

The document is read by expat with every declaration refused, and only shape elements and their geometric attributes
are copied; scripts, styles, text, images, clips and patterns stay behind. The result is what svgelements sees.
"""

import re
from dataclasses import dataclass, field
from typing import NoReturn
from xml.etree.ElementTree import Element, SubElement
from xml.parsers import expat

from sketchlib.errors import FormatError
from sketchlib.io.limits import MAXIMUM_SVG_BYTES

MAXIMUM_DEPTH = 64
"""Elements inside one another, `<use>` followed."""

ELEMENT_CHARACTERS = 50
"""What an element counts for before its attributes."""

SHAPES = ("path", "line", "polyline", "polygon", "rect", "circle", "ellipse")

PLACEMENT = frozenset(("id", "transform"))
GEOMETRY = PLACEMENT | frozenset(
    ("d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "data-stroke")
)

# Containers lend their attributes to what they hold, so they get no geometry: it would be read once per child.
ATTRIBUTES = {
    "svg": PLACEMENT | {"x", "y", "width", "height", "viewBox", "preserveAspectRatio"},
    "use": PLACEMENT | {"x", "y", "href"},
    **dict.fromkeys(("g", "a", "switch", "defs", "symbol"), PLACEMENT),
    **dict.fromkeys(SHAPES, GEOMETRY),
}

# svgelements raises without the one (or an empty one) and draws the whole canvas without the others; both draw nothing.
REQUIRED = {"path": ("d",), "rect": ("width", "height")}


@dataclass(frozen=True)
class Document:
    """A clean tree and its canvas.

    root: `svg` element; its width and height, where known, equal its view box, so one user unit is one unit.
    side: the long side of the canvas in user units, or None when the document does not say.
    """

    root: Element
    side: float | None


def clean(data: bytes, encoding: str | None = None) -> Document:
    """SVG bytes -> Document; the encoding is the one the document declares unless given.

    Raises FormatError, with the line: not XML, not SVG, a DTD or an entity, nested or (`<use>` followed) large beyond
    the limits, a `<use>` inside itself.
    """
    copier = _Copier()
    parser = expat.ParserCreate(encoding)
    parser.StartElementHandler = copier.start
    parser.EndElementHandler = copier.end
    parser.StartDoctypeDeclHandler = copier.refuse_subset
    parser.EntityDeclHandler = copier.refuse
    try:
        parser.Parse(data, True)
    except FormatError as error:
        raise FormatError(f"{error} (line {parser.CurrentLineNumber})") from None
    except expat.ExpatError as error:
        raise FormatError(f"not valid XML: {expat.ErrorString(error.code)} (line {error.lineno})") from None
    except (ValueError, LookupError) as error:
        raise FormatError(f"not readable XML ({error})") from None
    root = copier.root
    if root is None:
        raise FormatError("an SVG document starts with an svg element, got none")
    _check_expansion(root)
    return Document(root, _set_canvas(root))


@dataclass
class _Copier:
    """expat's handlers: copies what is allowed, skips the subtree of what is not."""

    root: Element | None = None
    stack: list[Element] = field(default_factory=list)
    skipped: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if len(self.stack) + self.skipped >= MAXIMUM_DEPTH:
            raise FormatError(f"SVG elements are nested at most {MAXIMUM_DEPTH} deep, got more")
        if self.root is None and name != "svg":
            raise FormatError(f"an SVG document starts with an svg element, got {name[:40]!r}")
        allowed = ATTRIBUTES.get(name, frozenset())
        kept = {local: value for key, value in attributes.items() if (local := _local(key)) in allowed}
        drawn = bool(allowed) and all(kept.get(key) for key in REQUIRED.get(name, ())) and not _hidden(attributes)
        inside_shape = bool(self.stack) and self.stack[-1].tag in SHAPES
        if self.skipped or inside_shape or not drawn:
            self.skipped += 1
            return
        element = Element("g" if name == "symbol" else name, kept)
        if self.stack:
            # A symbol shows only where it is used, like anything in defs; svgelements does not know that.
            parent = SubElement(self.stack[-1], "defs") if name == "symbol" else self.stack[-1]
            parent.append(element)
        else:
            self.root = element
        self.stack.append(element)

    def end(self, _tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
        else:
            self.stack.pop()

    def refuse_subset(self, _name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset:
            self.refuse()

    def refuse(self, *_: object) -> NoReturn:
        raise FormatError("an SVG document has no DTD of its own and no entities, got one: refused")


def _local(name: str) -> str:
    """The name without its namespace prefix."""
    return name.rpartition(":")[2]


def _hidden(attributes: dict[str, str]) -> bool:
    style = attributes.get("style", "").replace(" ", "")
    return attributes.get("display") == "none" or "display:none" in style


def _check_expansion(root: Element) -> None:
    """Follow every `<use>`, counting each target once, and refuse what would grow beyond the limit."""
    targets = {name: element for element in root.iter() if (name := element.get("id"))}
    characters, _ = _expanded(root, targets, {}, 0)
    if characters > MAXIMUM_SVG_BYTES:
        rule = f"an SVG document has at most {MAXIMUM_SVG_BYTES:,} characters once <use> is followed"
        raise FormatError(f"{rule}, got {characters:,}")


def _expanded(
    element: Element, targets: dict[str, Element], known: dict[Element, tuple[int, int]], depth: int
) -> tuple[int, int]:
    """Characters to read and elements to draw of an element with all it shows; a cycle of `<use>` ends at the depth.

    A transform is read again for every element inside.
    """
    if element in known:
        return known[element]
    if depth > MAXIMUM_DEPTH:
        raise FormatError(f"SVG elements are nested at most {MAXIMUM_DEPTH} deep, <use> followed, got more")
    shown = list(element)
    if element.tag == "use" and (target := targets.get(element.get("href", "")[1:])) is not None:
        shown.append(target)
    parts = [_expanded(child, targets, known, depth + 1) for child in shown]
    elements = 1 + sum(part[1] for part in parts)
    own = ELEMENT_CHARACTERS + sum(len(value) for value in element.attrib.values())
    characters = own + sum(part[0] for part in parts) + len(element.get("transform", "")) * elements
    known[element] = characters, elements
    return known[element]


def _set_canvas(root: Element) -> float | None:
    """Make one user unit one unit; the long side of the view box, else of width and height in px, else None."""
    box = [float(part) for part in re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", root.get("viewBox", ""))]
    if len(box) != 4:
        sides = [re.fullmatch(r"\s*(\d+\.?\d*)(?:px)?\s*", root.get(name, "")) for name in ("width", "height")]
        box = [0.0, 0.0, *(float(side[1]) for side in sides if side)]
    for name in ("x", "y", "width", "height", "viewBox", "preserveAspectRatio"):
        root.attrib.pop(name, None)
    if len(box) != 4 or not 0 < min(box[2:]) <= max(box[2:]) < 1e7:
        return None
    root.set("viewBox", " ".join(map(repr, box)))
    root.set("width", repr(box[2]))
    root.set("height", repr(box[3]))
    return max(box[2:])
