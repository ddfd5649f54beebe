"""Load a graph into any SPARQL 1.1 server: by the Graph Store Protocol, or by SPARQL updates."""

from __future__ import annotations

import io
import tempfile
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from typing import BinaryIO, Protocol

import httpx
import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.base import Store, graph_counts

UPLOAD = 1_000_000
"""Statements that are sent in one request of the Graph Store Protocol: most graphs are replaced at once."""
UPDATE = 500
"""Statements that are sent in one update: servers read each as one text."""
_CHUNK = 1 << 16
_IN_MEMORY = 1 << 24
_TIMEOUT = httpx.Timeout(600, connect=10)
_TURTLE = "text/turtle"
_TRIPLES = "application/n-triples, text/turtle;q=0.5"
_ROWS = "application/sparql-results+json"
_HINTS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "say who you are: --user, or --token",
    HTTPStatus.FORBIDDEN: "the server takes no writes from you: is it read-only, or the token wrong?",
    HTTPStatus.NOT_FOUND: "is this the address of its graph store (Fuseki: …/data, this project's server: …/store)?",
    HTTPStatus.METHOD_NOT_ALLOWED: "is this the address of its graph store? A server without one takes updates: --update-url",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "raise the server's limit on the size of a request, or send small updates: --update-url",
}

Progress = Callable[[str, int], None]
"""Called with each graph that has been written, and its number of statements."""


class Target(Protocol):
    """A place that graphs are written to."""

    def write(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Replace a graph.

        :raises StoreError: when the server refuses, or does not answer
        """
        ...

    def count(self, graph: str) -> int:
        """Return the number of statements that a graph holds there.

        :raises StoreError: as above
        """
        ...


def push(store: Store, target: Target, progress: Progress = lambda _graph, _count: None) -> dict[str, int]:
    """Write all graphs of a store to a target, and count them there.

    Each graph replaces the one of its name, so pushing again does no harm; other graphs of the target are left alone.

    :return: graph → number of its statements
    :raises StoreError: says what went wrong, and in which state the target is left
    """
    counts = graph_counts(store)
    done: list[str] = []
    for graph, count in sorted(counts.items(), key=lambda item: (item[1], item[0])):  # a refusal shows at the smallest
        try:
            target.write(graph, _triples(store, graph))
            found = target.count(graph)
        except StoreError as error:
            raise StoreError(f"{error.message}; {_state(graph, done, len(counts))}", where=error.where, hint=error.hint) from error
        if found != count:
            reason = f"{graph} has {found:,} statements there instead of {count:,}"
            raise StoreError(f"{reason}; {_state(graph, done, len(counts))}", hint="the server changes or drops statements: look at its log")
        done.append(graph)
        progress(graph, count)
    return counts


def _state(graph: str, done: list[str], total: int) -> str:
    return f"{len(done)} of {total} graphs are complete there, {graph} may be missing or cut short, and the others are as they were"


def _triples(store: Store, graph: str) -> Iterable[ox.Triple]:
    found = store.results(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}")
    if isinstance(found, ox.QuerySolutions | ox.QueryBoolean):
        raise TypeError("CONSTRUCT gave no triples")
    return found


def batches(triples: Iterable[ox.Triple], size: int) -> Iterator[list[ox.Triple]]:
    """Yield triples in batches of about one size, never with one blank node in two of them.

    A server gives blank nodes names of its own in each request, so whatever hangs together by them travels together.
    """
    nameless: list[ox.Triple] = []

    def ground() -> Iterator[list[ox.Triple]]:
        for triple in triples:
            if isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode):
                nameless.append(triple)
            else:
                yield [triple]

    batch: list[ox.Triple] = []
    for group in chain(ground(), _connected(nameless)):
        if batch and len(batch) + len(group) > size:
            yield batch
            batch = []
        batch += group
    if batch:
        yield batch


def _connected(triples: list[ox.Triple]) -> Iterator[list[ox.Triple]]:
    """Yield triples in groups that share blank nodes."""
    above: dict[str, str] = {}

    def root(name: str) -> str:
        while (parent := above.setdefault(name, name)) != name:
            above[name] = above[parent]
            name = parent
        return name

    for triple in triples:
        first, *others = _blank_nodes(triple)
        for other in others:
            above[root(other)] = root(first)
    groups: dict[str, list[ox.Triple]] = defaultdict(list)
    for triple in triples:
        groups[root(_blank_nodes(triple)[0])].append(triple)
    yield from groups.values()


def _blank_nodes(triple: ox.Triple) -> list[str]:
    return [node.value for node in (triple.subject, triple.object) if isinstance(node, ox.BlankNode)]


@dataclass(frozen=True, slots=True)
class Server:
    """A client of one server, with what it needs to be let in.

    :param client: carries authentication
    :param query_url: where counts are asked for; without it, graphs are read back
    """

    client: httpx.Client
    query_url: str = ""

    def send(self, method: str, url: str, **options: object) -> httpx.Response:
        """Send a request.

        :raises StoreError: when the server refuses, or does not answer
        """
        try:
            response = self.client.request(method, url, **options)  # type: ignore[arg-type] # passed through
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise StoreError(f"the server did not answer: {error or type(error).__name__}", where=url) from error
        if not response.is_success:
            said = " ".join(response.text.split())[:200]
            reason = f"the server answered {response.status_code}{': ' if said else ''}{said}"
            raise StoreError(reason, where=url, hint=_HINTS.get(response.status_code, ""))
        return response

    def ask_count(self, graph: str) -> int:
        """Return the number of statements in a graph, by a query.

        :raises StoreError: when the server refuses, or its answer cannot be read
        """
        query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}"
        response = self.send("POST", self.query_url, data={"query": query}, headers={"Accept": _ROWS})
        try:
            return int(response.json()["results"]["bindings"][0]["n"]["value"])
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise StoreError("the server's count cannot be read", where=self.query_url) from error


@dataclass(frozen=True, slots=True)
class GraphStore:
    """The Graph Store Protocol of a server.

    :param upload: statements that are sent in one request
    """

    server: Server
    url: str
    upload: int = UPLOAD

    def write(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Replace a graph; see :meth:`Target.write`."""
        method = "PUT"
        for batch in batches(triples, self.upload):
            with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
                for triple in batch:
                    file.write(f"{triple} .\n".encode())  # N-Triples, which is Turtle too
                body = _Body(file)
                headers = {"Content-Type": _TURTLE, "Content-Length": str(body.size)}
                self.server.send(method, self.url, params={"graph": graph}, content=body, headers=headers)
            method = "POST"

    def count(self, graph: str) -> int:
        """Count a graph by a query, or by reading it back; see :meth:`Target.count`."""
        if self.server.query_url:
            return self.server.ask_count(graph)
        response = self.server.send("GET", self.url, params={"graph": graph}, headers={"Accept": _TRIPLES})
        media_type = response.headers.get("content-type", "").partition(";")[0]
        form = ox.RdfFormat.from_media_type(media_type) or ox.RdfFormat.TURTLE
        try:
            return sum(1 for _ in ox.parse(io.BytesIO(response.content), format=form, base_iri=self.url))
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{graph} cannot be read back: {error}", where=self.url, hint="count it by a query: --query-url") from error


class _Body:
    """The content of a file as a request body, which can be sent again after a challenge."""

    def __init__(self, file: BinaryIO | tempfile.SpooledTemporaryFile[bytes]) -> None:
        self._file = file
        self.size = file.tell()

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            yield chunk


@dataclass(frozen=True, slots=True)
class UpdateEndpoint:
    """A server that takes SPARQL updates only.

    :param update: statements that are sent in one request
    """

    server: Server
    url: str
    update: int = UPDATE

    def write(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Replace a graph, one batch after the other; see :meth:`Target.write`."""
        name = ox.NamedNode(graph)
        self._send(f"DROP SILENT GRAPH {name}")
        for batch in batches(triples, self.update):
            text = " .\n".join(map(str, batch))
            self._send(f"INSERT {{ GRAPH {name} {{\n{text} .\n}} }} WHERE {{}}")  # Virtuoso takes no blank nodes in INSERT DATA

    def count(self, graph: str) -> int:
        """Count a graph by a query; see :meth:`Target.count`."""
        return self.server.ask_count(graph)

    def _send(self, update: str) -> None:
        self.server.send("POST", self.url, data={"update": update})


class Password(httpx.Auth):
    """A name and password, sent in the way that the server asks for: digest or basic."""

    def __init__(self, user: str, password: str) -> None:
        self._digest = httpx.DigestAuth(user, password)
        self._basic = httpx.BasicAuth(user, password)
        self._plainly = False

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request as the server liked it before, or bare, and again as its answer demands."""
        if self._plainly:
            yield from self._basic.auth_flow(request)
            return
        digest = self._digest.auth_flow(request)
        response = yield next(digest)
        if response.status_code != HTTPStatus.UNAUTHORIZED:
            return
        self._plainly = "digest" not in " ".join(response.headers.get_list("www-authenticate")).lower()
        yield next(self._basic.auth_flow(request)) if self._plainly else digest.send(response)


def client(*, user: str = "", password: str = "", token: str = "") -> httpx.Client:
    """Return an HTTP client that says who it is.

    :param token: sent as ``Authorization: Bearer``, when there is one
    """
    headers: Mapping[str, str] = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(headers=headers, auth=Password(user, password) if user else None, timeout=_TIMEOUT)
