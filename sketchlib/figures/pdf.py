"""A sheet as PDF: one page of its size, vectors, text as text in an embedded font, the same bytes every time."""

import io
from functools import cache
from typing import Any

import numpy as np

from sketchlib.errors import InputError
from sketchlib.figures.sheet import HEAD, PAPER, WIDTH, Area, Box, Dot, Label, Line, Mark, Sheet

POINTS = 0.75
"""Of a CSS pixel."""
FONTS = {False: "Vera", True: "VeraBd"}
"""Bitstream Vera, which comes with ReportLab; by whether it is bold."""


def as_pdf(sheet: Sheet) -> bytes:
    """The file. Raises InputError where ReportLab is missing."""
    canvas_of = _reportlab()
    file, height = io.BytesIO(), sheet.full_height
    page = canvas_of(file, pagesize=(POINTS * WIDTH, POINTS * height), invariant=1, initialFontName=FONTS[False])
    page.setTitle(sheet.title)
    page.setSubject(sheet.sentence)
    page.setAuthor("StrokeScope")
    page.setCreator("python -m sketchlib figures")
    page.setLineCap(1)
    page.setLineJoin(1)
    page.scale(POINTS, -POINTS)
    page.translate(0, -height)
    _draw(page, Box(0, 0, WIDTH, height, PAPER))
    for label in sheet.around():
        _draw(page, label)
    page.translate(0, HEAD)
    for mark in sheet.body:
        _draw(page, mark)
    page.save()
    return file.getvalue()


@cache
def _reportlab() -> Any:
    """The class of pages, both fonts registered."""
    try:
        from reportlab.pdfbase import pdfmetrics, ttfonts
        from reportlab.pdfgen.canvas import Canvas
    except ImportError:
        raise InputError("a PDF is written by ReportLab, got none: pip install reportlab, or ask for svg") from None
    for name in FONTS.values():
        pdfmetrics.registerFont(ttfonts.TTFont(name, f"{name}.ttf"))
    return Canvas


def _draw(page: Any, mark: Mark) -> None:
    if isinstance(mark, Label):
        _write(page, mark)
        return
    if isinstance(mark, Line):
        page.setDash(list(mark.dash))
        page.setLineWidth(mark.width)
        page.setStrokeColor(mark.colour)
        page.drawPath(_path(page, mark.points), stroke=1, fill=0)
        page.setDash()
    elif isinstance(mark, Area):
        page.setFillColor(mark.fill)
        page.drawPath(_path(page, mark.points), stroke=0, fill=1)
    else:
        _shape(page, mark)


def _shape(page: Any, mark: Box | Dot) -> None:
    page.setLineWidth(1.0 if isinstance(mark, Box) else 1.5)
    page.setFillColor(mark.fill or PAPER)
    page.setStrokeColor(mark.stroke or PAPER)
    painted = {"stroke": int(bool(mark.stroke)), "fill": int(bool(mark.fill))}
    if isinstance(mark, Box):
        page.rect(mark.left, mark.top, mark.width, mark.height, **painted)
    else:
        page.circle(mark.x, mark.y, mark.radius, **painted)


def _path(page: Any, points: np.ndarray[Any, Any]) -> Any:
    path, (first, *others) = page.beginPath(), points.round(2).tolist()
    path.moveTo(*first)
    for point in others or [[first[0] + 0.01, first[1]]]:
        path.lineTo(*point)
    return path


def _write(page: Any, label: Label) -> None:
    page.saveState()
    page.translate(label.x, label.y)
    page.scale(1, -1)
    page.rotate(90 if label.turned else 0)
    page.setFont(FONTS[label.bold], label.size)
    page.setFillColor(label.colour)
    {"start": page.drawString, "middle": page.drawCentredString, "end": page.drawRightString}[label.anchor](
        0, 0, label.text
    )
    page.restoreState()
