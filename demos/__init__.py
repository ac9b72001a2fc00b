"""The app's tabs, in the order they are shown. A tab is a module with TITLE, build(page) and maybe warm_up()."""

from types import ModuleType

from demos import assist, attack, inversion, recognise, retrieve, shapes, start

TABS: tuple[ModuleType, ...] = (start, recognise, inversion, attack, retrieve, assist, shapes)
