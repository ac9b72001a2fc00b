"""The API reference (hooks of mkdocs.yml): a page for each public module, and docstrings whose fields become lists."""

import re
from collections.abc import Iterator

import griffe
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

FIELD = re.compile(r"^(?P<names>\*?[a-z]\w*(?:, \*?[a-z]\w*)*): (?=\S)")
"""A line of a docstring that begins with the names of arguments or of fields."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page of each module that mkdocs.yml names."""
    for entry in config.nav or ():
        ((name, path),) = entry.items()
        if files.get_file_from_path(path) is None:
            files.append(File.generated(config, path, content=f"# {name}\n\n::: {name}\n"))
    return files


class Readable(griffe.Extension):
    """Makes pages of docstrings read as the code does."""

    def on_package(self, *, pkg: griffe.Module, loader: griffe.GriffeLoader, **_: object) -> None:
        """A verb that its module is named after, as `explain` of `attribution.explain`, comes before the module."""
        loader.resolve_aliases(implicit=False, external=False)
        for each in list(_everything(pkg)):
            if each.docstring:
                each.docstring.value = listed(each.docstring.value)
        for module in [each for each in _everything(pkg) if isinstance(each, griffe.Module)]:
            for name in map(str, module.exports or ()):
                hidden = module.members.get(name)
                if isinstance(hidden, griffe.Module):
                    module.members[name] = griffe.Alias(name, hidden.members[name], parent=module)


def _everything(found: griffe.Object) -> Iterator[griffe.Object]:
    """The object and all below it that is defined there."""
    yield found
    for below in found.members.values():
        if not isinstance(below, griffe.Alias):
            yield from _everything(below)


def listed(text: str) -> str:
    """A docstring with its fields as the items of a list; code and other prose stay as they are."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        field = FIELD.match(line)
        if field:
            gap = [""] if lines and lines[-1] and not inside else []
            names = ", ".join(f"`{name}`" for name in field["names"].split(", "))
            lines += [*gap, f"- {names}: {line[field.end() :]}"]
        else:
            lines.append(f"    {line.strip()}" if inside and line else line)
        inside = bool(line) and (inside or field is not None)
    return "\n".join(lines)
