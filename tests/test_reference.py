"""The API reference is made from the docstrings, and has every public name and no broken link."""

import importlib.util
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.test_public_names import PUBLIC, names

ROOT = Path(__file__).resolve().parent.parent


class Page(HTMLParser):
    """ids: what can be linked to. links: where it leads. outside: what a browser would fetch from elsewhere."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.outside = set(), [], []
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids.add(found.get("id"))
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        loaded = found.get("src") or (found.get("href") if tag == "link" and found.get("rel") != "canonical" else None)
        if loaded and urlsplit(loaded).netloc:
            self.outside.append(loaded)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    run = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return {path.name: Page(path) for path in folder.glob("*.html") if path.name != "404.html"}


@pytest.mark.parametrize("module", [module for module in PUBLIC if module != "sketchlib"])
def test_every_public_name_has_an_entry(site, module):
    page = site[f"{module.removeprefix('sketchlib.')}.html"]
    assert {f"{module}.{name}" for name in names(module)} <= page.ids


def broken(pages):
    """Links within the site that lead nowhere."""
    found = []
    for name, page in pages.items():
        for link in page.links:
            target = urlsplit(link)
            if target.scheme or target.netloc:
                continue
            other = pages.get(unquote(target.path) or name)
            if target.path != "." and (
                other is None or (target.fragment and unquote(target.fragment) not in other.ids)
            ):
                found.append(f"{name}: {link}")
    return found


def test_no_link_is_broken(site):
    assert sum(len(page.links) for page in site.values()) > 500
    assert broken(site) == []


def test_the_link_checker_can_fail(tmp_path):
    (tmp_path / "a.html").write_text('<p id="here"><a href="#here"><a href="#gone"><a href="b.html">')
    assert broken({"a.html": Page(tmp_path / "a.html")}) == ["a.html: #gone", "a.html: b.html"]


def test_no_page_asks_another_server(site):
    assert [link for page in site.values() for link in page.outside] == []


def test_the_example_of_the_first_page_runs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    code = (ROOT / "docs/reference/index.md").read_text().split("```python\n")[1].split("```")[0]
    exec(code, {})
    assert len(capsys.readouterr().out.strip("[] \n").split()) == 13


@pytest.fixture(scope="module")
def reference():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_fields_become_a_list_and_nothing_else_changes(reference):
    text = "A verb.\n\nfirst: one,\n    and more.\nsecond, *third: two.\n\n    code: here\n\nLast: prose."
    listed = "A verb.\n\n- `first`: one,\n    and more.\n- `second`, `*third`: two.\n\n    code: here\n\nLast: prose."
    assert reference.listed(text) == listed
    assert reference.listed("Says it.\nname: x.") == "Says it.\n\n- `name`: x."
