"""Coroutines waited for in a thread of their own, as a browser that is open has a loop that runs in ours."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def waited(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What it returns; what it raises is raised here."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
