"""A sheet as SVG: text stays text in the reader's own font."""

import html

from sketchlib.figures.sheet import HEAD, PAPER, WIDTH, Area, Box, Dot, Label, Line, Mark, Sheet
from sketchlib.viz.picture import Picture, path_data


def as_svg(sheet: Sheet) -> Picture:
    """The document; its root says in `data-body` from where to where its picture reaches, without title and print."""
    height = sheet.full_height
    size = f'viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" height="{height:g}"'
    marks = [*map(_element, sheet.around()), f'<g transform="translate(0 {HEAD:g})">', *map(_element, sheet.body)]
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} data-body="{HEAD:g} {HEAD + sheet.height:g}" role="img" '
        f'aria-labelledby="title desc" font-family="system-ui, sans-serif" fill="none" stroke-linecap="round" '
        f'stroke-linejoin="round">\n<title id="title">{html.escape(sheet.title)}</title>\n'
        f'<desc id="desc">{html.escape(sheet.sentence)}</desc>\n<metadata>{html.escape(sheet.source)}</metadata>\n'
        f'<rect width="{WIDTH:g}" height="{height:g}" fill="{PAPER}"/>\n' + "\n".join(marks) + "\n</g>\n</svg>\n"
    )


def _element(mark: Mark) -> str:
    if isinstance(mark, Label):
        return _text(mark)
    if isinstance(mark, Line):
        dash = f' stroke-dasharray="{" ".join(f"{each:g}" for each in mark.dash)}"' if mark.dash else ""
        return f'<path d="{path_data(mark.points)}" stroke="{mark.colour}" stroke-width="{mark.width:g}"{dash}/>'
    if isinstance(mark, Area):
        return f'<path d="{path_data(mark.points)}Z" fill="{mark.fill}"/>'
    if isinstance(mark, Dot):
        edge = f'fill="{mark.fill}" stroke="{mark.stroke}" stroke-width="1.5"'
        return f'<circle cx="{mark.x:.2f}" cy="{mark.y:.2f}" r="{mark.radius:g}" {edge}/>'
    return _box(mark)


def _box(box: Box) -> str:
    painted = "".join(f' {name}="{value}"' for name, value in (("fill", box.fill), ("stroke", box.stroke)) if value)
    return f'<rect x="{box.left:.2f}" y="{box.top:.2f}" width="{box.width:.2f}" height="{box.height:.2f}"{painted}/>'


def _text(label: Label) -> str:
    where = f'x="{label.x:.2f}" y="{label.y:.2f}"'
    if label.turned:
        where = f'transform="translate({label.x:.2f} {label.y:.2f}) rotate(-90)"'
    weight = ' font-weight="600"' if label.bold else ""
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    style = f'font-size="{label.size:g}" fill="{label.colour}"{anchor}{weight}'
    return f"<text {where} {style}>{html.escape(label.text)}</text>"
