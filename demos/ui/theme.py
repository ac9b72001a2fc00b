"""How the app looks: one neutral interface colour in light and dark; colour is kept for evidence."""

from pathlib import Path

import gradio as gr

from sketchlib.viz import SCALES

GRAPHITE = gr.themes.Color(
    name="graphite",
    c50="#f7f6f3",
    c100="#eeece7",
    c200="#dfdcd5",
    c300="#c6c2b9",
    c400="#a09c93",
    c500="#7a766e",
    c600="#5f5c55",
    c700="#47453f",
    c800="#2f2e2b",
    c900="#1e1d1b",
    c950="#141413",
)
_COLOURS = "".join(
    f"{where}{{--evidence-for:{scale.towards};--evidence-against:{scale.against};--evidence-some:{scale.neutral}}}\n"
    for where, scale in zip((":root", ".dark"), (SCALES["light"], SCALES["dark"]), strict=True)
)
CSS = _COLOURS + (Path(__file__).parent / "theme.css").read_text(encoding="utf-8")


def theme() -> gr.themes.Base:
    """System fonts, graphite on warm paper, and the same by lamplight."""
    base = gr.themes.Base(
        primary_hue=GRAPHITE,
        secondary_hue=GRAPHITE,
        neutral_hue=GRAPHITE,
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
        radius_size=gr.themes.sizes.radius_lg,
    )
    return base.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_900",
        body_text_color_dark="*neutral_100",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        block_background_fill="#ffffff",
        block_background_fill_dark="#1c1b1a",
        block_border_width="0px",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="*neutral_400",
        block_title_text_weight="500",
        border_color_primary="*neutral_200",
        border_color_primary_dark="#34322f",
        input_background_fill="#ffffff",
        input_background_fill_dark="#242321",
        input_border_color="*neutral_300",
        input_border_color_dark="#45433f",
        button_primary_background_fill="*neutral_900",
        button_primary_background_fill_hover="*neutral_700",
        button_primary_background_fill_dark="*neutral_100",
        button_primary_background_fill_hover_dark="*neutral_300",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="*neutral_900",
        link_text_color="*neutral_900",
        link_text_color_dark="*neutral_100",
    )
