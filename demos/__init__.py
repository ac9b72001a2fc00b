"""The app's tabs, in the order they are shown. A tab is a module with TITLE and build(page)."""

from types import ModuleType

from demos import inversion, recognise, shapes

TABS: tuple[ModuleType, ...] = (recognise, inversion, shapes)
