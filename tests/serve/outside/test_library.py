"""Every query of the library gives the same answers in other projects' servers as embedded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import httpx
import pyoxigraph as ox
import pytest

import kg
from kg.graph import Result
from kg.query.catalogue import read_catalogue
from kg.store import Term
from kg.store.remote import RemoteStore
from tests.conftest import ROOT
from tests.serve.outside.servers import Outside
from tests.serving import serving

NAMES = sorted(read_catalogue(ROOT / "queries"))

SAMPLE = NAMES[::8]
"""Queries that are asked through our server as well, which hands all of them on in the same way."""
SECONDS = 120
"""Time for one query; the slowest take some seconds."""
VIRTUOSO_DIFFERS = frozenset({"advice-without-randomised-evidence"})
"""Queries that Virtuoso 7.2.5 does not answer: its compiler gives up (SQ156) where the sums of this one meet the rest."""


def counted(rows: list[tuple[Term | None, ...]]) -> Counter[tuple[str | None, ...]]:
    """Return rows as a multiset; blank nodes have no names that could be compared."""
    return Counter(tuple(None if cell is None else "_:" if isinstance(cell, ox.BlankNode) else str(cell) for cell in row) for row in rows)


@pytest.fixture(scope="session")
def expected(graph: kg.Graph) -> dict[str, Result]:
    """The answers of the embedded store."""
    return {name: graph.query(name) for name in NAMES}


@pytest.fixture(scope="session", params=["fuseki", "virtuoso"])
def outside(request: pytest.FixtureRequest) -> Outside:
    server: Outside = request.getfixturevalue(f"in_{request.param}")
    return server


def expect_the_same(outside: Outside, name: str) -> None:
    """Stop where the other server is known to be wrong."""
    if outside.user and name in VIRTUOSO_DIFFERS:
        pytest.xfail("Virtuoso answers this query otherwise")


@pytest.fixture(scope="session")
def behind(outside: Outside, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of our own server in front of the other."""
    with serving(tmp_path_factory.mktemp("behind") / "log", None, "--backend", outside.query, "--timeout", str(SECONDS)) as served:
        yield served.address


@pytest.mark.parametrize("name", NAMES)
def test_the_library_asks_it_directly(name: str, outside: Outside, expected: dict[str, Result], graph: kg.Graph) -> None:
    expect_the_same(outside, name)
    found = RemoteStore(outside.query, timeout=SECONDS).query(graph.queries[name].bound({}, graph.terms))
    assert isinstance(found, kg.store.Rows)
    assert found.columns == expected[name].columns
    assert counted(found.rows) == counted(expected[name].rows)


@pytest.mark.parametrize("name", SAMPLE)
def test_the_library_asks_it_through_our_server(name: str, outside: Outside, behind: str, expected: dict[str, Result]) -> None:
    expect_the_same(outside, name)
    answer = httpx.get(f"{behind}/query/{name}.json", timeout=SECONDS)
    assert answer.status_code == 200, answer.text
    found = ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    assert tuple(variable.value for variable in found.variables) == expected[name].columns
    assert counted([tuple(row) for row in found]) == counted(expected[name].rows)
