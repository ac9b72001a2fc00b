"""A small HTTP server that speaks the part of Qdrant's REST interface that is used, on top of its embedded mode."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from qdrant_client import QdrantClient, models


class StandIn(HTTPServer):
    """key: the API key that is wanted, or None."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.database: QdrantClient = QdrantClient(":memory:")
        self.key: str | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, method: str, path: str, body: Any) -> Any:
        name, *rest = path.removeprefix("/collections/").split("/")
        database, verb = self.database, (method, "/".join(rest))
        if verb == ("GET", "exists"):
            return {"exists": database.collection_exists(name)}
        if verb == ("PUT", ""):
            return database.create_collection(name, vectors_config=models.VectorParams(**body["vectors"]))
        if verb == ("PUT", "points"):
            return database.upsert(name, [models.PointStruct(**point) for point in body["points"]])
        if verb == ("POST", "points"):
            return database.retrieve(name, body["ids"], with_payload=body["with_payload"])
        if verb == ("POST", "points/count"):
            return database.count(name)
        if verb == ("POST", "points/delete"):
            return database.delete(name, body["points"])
        if verb == ("POST", "points/scroll"):
            points, after = database.scroll(name, limit=body["limit"], offset=body.get("offset"))
            return {"points": [point.model_dump(mode="json") for point in points], "next_page_offset": after}
        if verb == ("POST", "points/query/batch"):
            # The embedded mode knows no other than exact answers; a server has to be asked for them.
            exact = [each.pop("params") == {"exact": True} for each in body["searches"]]
            requests = [models.QueryRequest(**each) for each in body["searches"]]
            return database.query_batch_points(name, requests) if all(exact) else []
        raise NotImplementedError(f"{method} {path}")


class Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_request(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.key not in (None, self.headers.get("api-key")):
            self.reply(403, {"status": {"error": "forbidden"}})
            return
        result = self.server.answer(self.command, self.path.split("?")[0], json.loads(body or "null"))
        self.reply(200, {"time": 0.0, "status": "ok", "result": plain(result)})

    do_GET = do_PUT = do_POST = do_request  # noqa: N815

    def reply(self, status: int, table: Any) -> None:
        data = json.dumps(table).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def plain(result: Any) -> Any:
    if isinstance(result, list):
        return [plain(each) for each in result]
    return result.model_dump(mode="json") if hasattr(result, "model_dump") else result


@contextmanager
def serving() -> Iterator[StandIn]:
    server = StandIn()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
