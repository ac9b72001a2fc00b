"""How Gradio serves the app: nothing is sent to anybody, little is kept, and what waits is bounded."""

import os
from typing import Any

# Read by Gradio when an app is made. Beside its telemetry it sums up all its past events after each event, for a page
# of statistics that is not served here: with ten thousand of them that took more time than a prediction.
os.environ |= {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**9),
}

QUEUE: dict[str, Any] = {"default_concurrency_limit": 2, "max_size": 128}
"""Events that may wait, of all visitors: one who draws has at most two; later ones are told to try again."""

MOST_THREADS = 128
"""Fast calls that may be under way, most of which wait for a lane: those of 32 visitors, two each, and their events."""
