"""The running app as programs meet it: gradio_client, curl, the README's examples, and a client of the MCP server."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from demos import api
from demos.ui import examples, first_model
from sketchlib.io import from_pad
from sketchlib.models import load
from tests.asynchronous import waited

ROOT = Path(__file__).resolve().parents[2]
HOME = "http://127.0.0.1:7860"
TRIANGLE = [[[20, 20], [230, 20], [125, 230], [20, 20]]]
CAT = next(each["strokes"] for each in examples() if each["name"] == "cat")
NAMED = {call.__name__ for call in api.LANES}


@pytest.fixture(scope="module")
def client(real_server):
    return Client(real_server, verbose=False)


def blocks(language, server):
    """The code of a language in the README's section about the API, at another address."""
    section = (ROOT / "README.md").read_text().split("\n## API\n")[1].split("\n## ")[0]
    found = re.findall(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert all(HOME in each for each in found)
    return [each.replace(HOME, server) for each in found]


def run(*command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def asked(server, conversation):
    """What a conversation (session -> result) with the MCP server comes to."""

    async def talk():
        async with (
            streamable_http_client(f"{server}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await conversation(session)

    return waited(talk())


def test_the_readmes_python_runs(real_server):
    (code,) = blocks("python", real_server)
    _, first, *strokes = run(sys.executable, "-c", code).splitlines()
    category, chance = load(first_model()).predict(from_pad({"strokes": CAT}), 1)[0]
    assert first == f"{category} at {chance:.1%}"
    assert len(strokes) == len(CAT)
    assert all(re.fullmatch(r"stroke \d+: [+-]\d+\.\d\d logits", line) for line in strokes)


def test_the_readmes_curl_runs(real_server):
    (code,) = blocks("sh", real_server)
    answer = re.search(r"^event: complete\ndata: (.*)$", run("bash", "-c", code), re.MULTILINE)
    (found,) = json.loads(answer[1])
    assert len(found["guesses"]) == 3
    wanted = load(first_model()).predict(from_pad({"strokes": [{"pts": TRIANGLE[0]}]}), 3)
    assert [each["category"] for each in found["guesses"]] == [category for category, _ in wanted]


def test_the_readmes_mcp_address_is_that_of_the_server(real_server):
    (code,) = blocks("json", real_server)
    (entry,) = json.loads(code)["mcpServers"].values()
    assert httpx.get(f"{entry['url']}schema", follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("explain", {}, {"method": "leave_one_out", "target": "logit of cat"}),
        ("invert", {"target": "dog", "iterations": 2}, {"origin": "cat", "preset": "on_canvas"}),
        ("attack", {"strategy": "shortest", "budget": 0.2}, {"category": "cat", "target": None}),
        ("retrieve", {"top": 2, "canvas": 32}, {"searched": 483, "canvas": 32, "ranks": []}),
        ("assist", {"photo": "sofa-0012a.jpg"}, {"photos": 483, "method": "fast"}),
    ],
)
def test_what_arrives_is_what_the_function_returns(client, name, arguments, wanted):
    found = client.predict({"strokes": CAT}, **arguments, api_name=f"/{name}")
    assert found.items() >= wanted.items()
    again = getattr(api, name)({"strokes": CAT}, **arguments)
    assert set(found) == set(again)


def test_an_error_arrives_as_its_sentence(client):
    with pytest.raises(Exception, match=r"^a target is one of the 66 classes .*, got '<b>dragon</b>'$"):
        client.predict(TRIANGLE, target="<b>dragon</b>", api_name="/explain")
    with pytest.raises(Exception, match=r"^top: input should be a valid integer"):
        client.predict(TRIANGLE, "", "<i>many</i>", api_name="/recognise")


def test_nothing_else_of_the_page_is_offered(real_server):
    info = httpx.get(f"{real_server}/gradio_api/info").json()
    assert {name.strip("/") for name in info["named_endpoints"]} == NAMED
    assert info["unnamed_endpoints"] == {}
    parameters = info["named_endpoints"]["/retrieve"]["parameters"]
    assert [each["parameter_name"] for each in parameters] == ["sketch", "photo", "canvas", "top"]
    assert [each["parameter_has_default"] for each in parameters] == [False, True, True, True]


def test_recognition_goes_on_beside_every_long_job(client):
    """Jobs of other kinds have queues of their own, and an inversion leaves its lane between iterations."""
    many = [[[20 + 3 * i, 20], [20 + 3 * i, 200], [200, 20 + 3 * i]] for i in range(11)]
    inversion = client.submit({"strokes": CAT}, seeds=9, iterations=40, api_name="/invert")
    others = [
        client.submit(many, strategy="exhaustive", api_name="/attack"),
        client.submit({"strokes": CAT}, "sofa-0012a.jpg", "gates", api_name="/assist"),
    ]
    assert client.predict(TRIANGLE, api_name="/recognise")["guesses"]
    assert not inversion.done()
    assert all(job.result() for job in (inversion, *others))


def test_the_mcp_server_lists_six_documented_tools(real_server):
    tools = asked(real_server, lambda session: session.list_tools()).tools
    assert {tool.name for tool in tools} == NAMED
    for tool in tools:
        assert "Returns: " in tool.description
        assert tool.inputSchema["required"] == (["sketch", "photo"] if tool.name == "assist" else ["sketch"])
        assert all(each["description"] for each in tool.inputSchema["properties"].values())


def test_a_tool_answers_as_the_endpoint_does(real_server, client):
    found = asked(real_server, lambda session: session.call_tool("recognise", {"sketch": TRIANGLE, "top": 2}))
    assert not found.isError
    assert ast.literal_eval(found.content[0].text) == client.predict(TRIANGLE, "", 2, api_name="/recognise")


def test_a_tool_that_fails_says_why(real_server):
    found = asked(real_server, lambda session: session.call_tool("assist", {"sketch": TRIANGLE, "photo": "none"}))
    assert found.isError
    assert "a photo is one of the 483 that ship" in found.content[0].text
