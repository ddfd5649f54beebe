"""The application over the real graph in this process, for tests of what the routes understand."""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

import kg
from kg.serve.app import create_app
from kg.serve.calls import Reply, call
from kg.serve.engine.job import Job
from kg.serve.problem import Problem
from kg.serve.settings import ServeSettings

Ask = Callable[..., Any]


class Here:
    """An engine without processes: it does each job at once, with arguments that went over the wire."""

    version = "test"

    def __init__(self, graph: kg.Graph) -> None:
        self._graph = graph

    async def start(self) -> None:
        """Nothing has to be started."""

    async def run(self, job: Job) -> Reply:
        arguments: Mapping[str, Any] = marshal.loads(marshal.dumps(dict(job.arguments)))  # noqa: S302 - written right here
        return call(job.call)(self._graph, arguments)

    async def write(self, job: Job) -> Reply:
        raise Problem(403, "this server is read-only", code="READ-ONLY", detail=job.call)

    def health(self) -> Mapping[str, int | float | str]:
        return {}

    async def close(self) -> None:
        """Nothing has to be stopped."""


@pytest.fixture
def client(graph: kg.Graph) -> Iterator[TestClient]:
    """A client of the application; it does not follow redirects."""
    with TestClient(create_app(ServeSettings(), Here(graph)), base_url="http://testserver", follow_redirects=False, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="session")
def ask(graph: kg.Graph) -> Ask:
    """Does a call on the real graph and returns its JSON document."""

    def asked(name: str, /, **arguments: Any) -> Any:
        reply = call(name)(graph, arguments)
        assert reply.media_type == "application/json"
        return json.loads(reply.body)

    return asked
