"""The W3C's SPARQL 1.1 test suites, read from the files of its repository ``rdf-tests``.

The files are not part of this project. Name the folder that holds ``sparql/sparql11`` in ``NETKG_W3C_TESTS``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

VARIABLE = "NETKG_W3C_TESTS"
BASE = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"

GROUPS = (
    *("add", "aggregates", "basic-update", "bind", "bindings", "cast", "clear", "construct", "copy", "csv-tsv-res", "delete", "delete-data"),
    *("delete-insert", "delete-where", "drop", "exists", "functions", "grouping", "json-res", "move", "negation", "project-expression"),
    *("property-path", "subquery", "syntax-query", "syntax-update-1", "syntax-update-2", "update-silent"),
)
"""Folders of tests that are data, a request and a result. What is left out, and why, is in ``expected.toml``."""


@dataclass(frozen=True)
class Source:
    """A file of the suite.

    :param iri: its address, which is also the base of what is in it
    """

    iri: str
    path: Path

    def read(self) -> bytes:
        """Return what is in it."""
        return self.path.read_bytes()


@dataclass(frozen=True)
class Data:
    """A dataset: files of the default graph, and the file of each named graph."""

    default: tuple[Source, ...] = ()
    named: tuple[tuple[str, Source], ...] = ()


@dataclass(frozen=True)
class Case:
    """A test.

    :param name: folder and name, such as ``bind/bind01``
    :param kind: its class, without namespace
    :param request: the query or the update
    :param data: what is in the store before
    :param result: what a query gives
    :param after: what is in the store after an update
    """

    name: str
    kind: str
    request: Source
    data: Data
    result: Source | None = None
    after: Data = Data()


def folder() -> Path | None:
    """Return the folder with the suites, if there is one."""
    named = os.environ.get(VARIABLE, "")
    found = Path(named) / "sparql" / "sparql11"
    return found if named and found.is_dir() else None


def source(iri: str, root: Path) -> Source:
    """Return the file with that address."""
    return Source(iri, root / iri.removeprefix(BASE))


class Manifest:
    """The tests of one folder.

    :param group: name of the folder
    :param file: name of the manifest in it
    """

    def __init__(self, root: Path, group: str, file: str = "manifest.ttl") -> None:
        self._root, self._group = root, group
        self._iri = f"{BASE}{group}/{file}"
        self._graph = ox.Dataset(ox.parse(path=root / group / file, format=ox.RdfFormat.TURTLE, base_iri=self._iri))

    def cases(self) -> Iterator[Case]:
        """Yield the tests in the order of the manifest."""
        for node in self._list(self._one(ox.NamedNode(self._iri), MF + "entries")):
            yield self._case(node)

    def names(self) -> Iterator[str]:
        """Yield the names of the tests."""
        for node in self._list(self._one(ox.NamedNode(self._iri), MF + "entries")):
            yield self._name(node)

    def _case(self, node: ox.NamedNode | ox.BlankNode) -> Case:
        kind = self._one(node, RDF + "type").value.removeprefix(MF)
        action, result = self._one(node, MF + "action"), next(iter(self._all(node, MF + "result")), None)
        if isinstance(action, ox.NamedNode):
            return Case(self._name(node), kind, source(action.value, self._root), Data())
        is_update = kind == "UpdateEvaluationTest"
        request = source(self._one(action, UT + "request" if is_update else QT + "query").value, self._root)
        if is_update:
            return Case(self._name(node), kind, request, self._data(action, UT), after=self._data(result, UT) if result else Data())
        return Case(self._name(node), kind, request, self._data(action, QT), source(result.value, self._root) if result else None)

    def _data(self, node: ox.NamedNode | ox.BlankNode, namespace: str) -> Data:
        named = []
        for graph in self._all(node, namespace + "graphData"):
            if isinstance(graph, ox.NamedNode):
                named.append((graph.value, source(graph.value, self._root)))
            else:
                named.append((self._one(graph, LABEL).value, source(self._one(graph, namespace + "graph").value, self._root)))
        return Data(tuple(source(one.value, self._root) for one in self._all(node, namespace + "data")), tuple(named))

    def _name(self, node: ox.NamedNode | ox.BlankNode) -> str:
        return f"{self._group}/{node.value.rpartition('#')[2]}"

    def _all(self, node: ox.NamedNode | ox.BlankNode, predicate: str) -> list[ox.NamedNode | ox.BlankNode]:
        return [quad.object for quad in self._graph.quads_for_subject(node) if quad.predicate.value == predicate]  # type: ignore[misc]

    def _one(self, node: ox.NamedNode | ox.BlankNode, predicate: str) -> ox.NamedNode | ox.BlankNode:
        (found,) = self._all(node, predicate)
        return found

    def _list(self, node: ox.NamedNode | ox.BlankNode) -> Iterator[ox.NamedNode | ox.BlankNode]:
        while node.value != RDF + "nil":
            yield self._one(node, RDF + "first")
            node = self._one(node, RDF + "rest")
