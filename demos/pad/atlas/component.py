"""`Atlas`: figures as a page of cards, each made again on request."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from demos.pad.widget import Widget


class Atlas(Widget):
    """Value: the figure that was last asked to be made, {"name"}; the event is `input`.

    figures: {"name", "title", "paper", "link", "command"} of each card. show(request): fast call, {"name"} -> {"svg",
    "note"} of the copy that is there. save(request): {"name", "kind"} -> {"name", "type", "data": base64}. Both may
    answer {"error"}. made: set by the event, {"name", "svg", "note"} of a figure that was just made. A document says in
    its title, desc and metadata what it shows, and in data-body from where to where its picture reaches.
    """

    def __init__(
        self,
        value: dict[str, Any] | None = None,
        *,
        figures: Sequence[dict[str, str]] = (),
        show: Callable[..., Any] | None = None,
        save: Callable[..., Any] | None = None,
        made: dict[str, Any] | None = None,
        **kwargs: Any,
    ):
        calls = [call for call in (show, save) if call]
        names = {"show": show.__name__ if show else "", "save": save.__name__ if save else ""}
        props = {"figures": list(figures), "made": made, **names}
        folder = Path(__file__).parent
        super().__init__(
            folder,
            "atlas.html",
            "atlas.css",
            ["../saving.js", "atlas.js"],
            value=value,
            server_functions=calls,
            **props,
            **kwargs,
        )

    def postprocess(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """Passed through."""
        return value

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        return {"type": "object", "description": "{name}"}
