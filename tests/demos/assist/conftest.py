"""The fixtures of `furniture`, for every test of the tab."""

from tests.demos.retrieve.furniture import gallery, network, shop

__all__ = ["gallery", "network", "shop"]
