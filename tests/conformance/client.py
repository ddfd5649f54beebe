"""A plain HTTP client that sends exactly what it is told, so that unusual requests can be tested."""

from __future__ import annotations

import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

TIMEOUT = 60.0
"""Seconds after which a server that does not answer fails a test."""

Params = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What a server said.

    :param headers: by name in lower case; the last of several
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether it is a success."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The media type of the body, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body, for messages."""
        return self.body.decode("utf-8", "replace")


def send(url: str, method: str = "GET", params: Params = (), body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """Send one request on a connection of its own and return the answer; nothing is added but Host and Content-Length.

    :param params: added to the address
    """
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(params)) if part)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT)
    try:
        connection.putrequest(method, (parts.path or "/") + (f"?{query}" if query else ""), skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()


@dataclass(frozen=True)
class Endpoint:
    """The three addresses of a writable SPARQL server.

    :param headers: sent with every request, such as the token of a writer
    """

    query_url: str
    update_url: str
    store_url: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def query(self, text: str, accept: str) -> Answer:
        """Send a query by POST."""
        return send(self.query_url, "POST", body=text.encode(), headers={**self.headers, "Content-Type": "application/sparql-query", "Accept": accept})

    def update(self, text: str) -> Answer:
        """Send an update by POST."""
        return send(self.update_url, "POST", body=text.encode(), headers={**self.headers, "Content-Type": "application/sparql-update"})

    def graph(self, method: str, name: str = "", body: bytes | None = None, media_type: str = "", accept: str = "") -> Answer:
        """Do something with one graph by the Graph Store Protocol.

        :param name: of the graph; the default graph when empty
        """
        wanted = {"Content-Type": media_type, "Accept": accept}
        params = [("graph", name)] if name else [("default", "")]
        return send(self.store_url, method, params, body, {**self.headers, **{key: value for key, value in wanted.items() if value}})

    def clear(self) -> None:
        """Remove every graph."""
        answer = self.update("DROP ALL")
        if not answer.ok:
            raise AssertionError(f"DROP ALL: {answer.status} {answer.text}")
