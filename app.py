"""StrokeScope: python app.py, then http://127.0.0.1:7860 (GRADIO_SERVER_NAME and GRADIO_SERVER_PORT move it)."""

from typing import Any

import gradio as gr

from demos import TABS, api, figures
from demos.pad import engage
from demos.ui import APP, CSS, MOST_THREADS, QUEUE, theme, warm_up
from demos.ui.tickets import left

HEADER = """<h1>StrokeScope</h1>
<p><span>Draw something, and see what a neural network makes of it, stroke by stroke.</span>
<a href="figures">Figures of the papers</a></p>"""
LAUNCH: dict[str, Any] = {
    "theme": theme(),
    "css": CSS,
    "mcp_server": True,
    "run_history": False,
    "footer_links": ["api"],
    "max_file_size": "64mb",
    "max_threads": MOST_THREADS,
    "app_kwargs": APP,
    "show_error": False,
    "ssr_mode": False,
}


def build() -> gr.Blocks:
    """The whole page: a title, one line, and the tabs; beside it the page of the papers' figures."""
    with gr.Blocks(title="StrokeScope", analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        api.register()
        gr.HTML(HEADER, elem_id="masthead")
        with gr.Tabs() as tabs:
            for tab in TABS:
                with gr.Tab(tab.TITLE, id=tab.TITLE):
                    tab.build(page)
        engage(page, tabs)
        page.unload(left)
    with page.route(figures.NAME, figures.PATH, show_in_navbar=False):
        figures.build(page)
    return page.queue(**QUEUE)


if __name__ == "__main__":
    page = build()
    page.launch(prevent_thread_lock=True, **LAUNCH)
    warm_up()
    for tab in TABS:
        if hasattr(tab, "warm_up"):
            tab.warm_up()
    page.block_thread()
