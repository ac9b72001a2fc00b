"""The words that every tab has: what it is for and by which paper, and what its numbers mean."""

import html
from collections.abc import Sequence
from typing import NamedTuple

import gradio as gr


class Paper(NamedTuple):
    """A reference of docs/papers.bib; short: as it is cited in passing, link: its page."""

    short: str
    authors: str
    title: str
    venue: str
    link: str


PAPERS = {
    "qu2023sketchxai": Paper(
        "Qu et al., CVPR 2023",
        "Zhiyu Qu, Yulia Gryaditskaya, Ke Li, Kaiyue Pang, Tao Xiang and Yi-Zhe Song",
        "SketchXAI: A First Look at Explainability for Human Sketches",
        "IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR), 2023",
        "https://arxiv.org/abs/2304.11744",
    ),
    "bandyopadhyay2024explainability": Paper(
        "Bandyopadhyay et al., CVPR 2024",
        "Hmrishav Bandyopadhyay, Pinaki Nath Chowdhury, Ayan Kumar Bhunia, Aneeshan Sain, Tao Xiang and Yi-Zhe Song",
        "What Sketch Explainability Really Means for Downstream Tasks",
        "IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR), 2024",
        "https://arxiv.org/abs/2403.09480",
    ),
    "maity2025sketch": Paper(
        "Sain et al., CVPR 2025",
        "Aneeshan Sain, Subhajit Maity, Pinaki Nath Chowdhury, Subhadeep Koley, Ayan Kumar Bhunia and Yi-Zhe Song",
        "Sketch Down the FLOPs: Towards Efficient Networks for Human Sketch",
        "IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR), 2025",
        "https://arxiv.org/abs/2505.23763",
    ),
}


class Number(NamedTuple):
    """A number of a tab: its unit, what it means, how far to trust it, and the page of docs/results that says so."""

    name: str
    unit: str
    meaning: str
    doubt: str
    measured: str = ""


def introduction(what: str, *papers: str) -> None:
    """The first lines of a tab: what it is for, and the papers (keys of PAPERS), folded."""
    short, long = "; ".join(PAPERS[key].short for key in papers), "".join(map(_cited, papers))
    fold = f"<details><summary>{html.escape(short)}</summary>{long}</details>"
    gr.HTML(f'<div class="intro"><p>{html.escape(what)}</p>{fold}</div>', padding=False)


def about_numbers(numbers: Sequence[Number], silence: str) -> None:
    """The last lines of a tab, folded. silence: what none of the numbers says."""
    rows = "".join(map(_row, numbers))
    with gr.Accordion("About these numbers", open=False, elem_classes=["model-card", "about-numbers"]):
        gr.HTML(f"<dl>{rows}</dl><p>{html.escape(silence)}</p>", padding=False)


def _cited(key: str) -> str:
    _, authors, title, venue, link = map(html.escape, PAPERS[key])
    page = f'<a href="{link}" target="_blank" rel="noopener">{link.removeprefix("https://")}</a>'
    return f"<p>{authors}: <cite>{title}</cite>. {venue}. {page}</p>"


def _row(number: Number) -> str:
    name, unit, meaning, doubt, measured = map(html.escape, number)
    where = f" <code>docs/results/{measured}.md</code>" if measured else ""
    return f"<dt>{name} <span>{unit}</span></dt><dd>{meaning} <em>{doubt}</em>{where}</dd>"
