"""Downloads."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pyoxigraph as ox
import pytest

import kg
from kg.errors import UnknownTermError
from kg.graph import Graph
from kg.serve.api.export import DOWNLOADS
from kg.serve.calls import Reply, call
from kg.settings import Sources
from kg.store import in_memory
from tests.serve.api.conftest import Ask


@pytest.fixture(scope="module")
def files(graph: kg.Graph) -> dict[str, Reply]:
    return {name: call("export")(graph, {"file": name}) for name in DOWNLOADS}


def test_the_list_has_size_and_checksum_of_each_file(files: dict[str, Reply], ask: Ask) -> None:
    listed = ask("export")["files"]
    assert [item["file"] for item in listed] == list(DOWNLOADS)
    for item in listed:
        body = files[item["file"]].body
        assert (item["bytes"], item["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())


def test_the_sums_are_those_of_the_files(files: dict[str, Reply]) -> None:
    lines = (line.partition("  ") for line in files["SHA256SUMS"].body.decode().splitlines())
    sums = {name: digest for digest, _, name in lines}
    assert sums == {name: hashlib.sha256(reply.body).hexdigest() for name, reply in files.items() if name != "SHA256SUMS"}


def test_the_whole_graph_can_be_read_back(files: dict[str, Reply], graph: kg.Graph) -> None:
    count = sum(1 for _ in graph.store.quads())
    lines = files["graph.nq"].body.decode().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == count
    assert sum(1 for _ in ox.parse(files["graph.trig"].body, format=ox.RdfFormat.TRIG)) == count


def test_the_ontology_comes_in_two_forms_with_the_same_number_of_triples(files: dict[str, Reply]) -> None:
    turtle = sum(1 for _ in ox.parse(files["ontology.ttl"].body, format=ox.RdfFormat.TURTLE))
    owl = sum(1 for _ in ox.parse(files["ontology.owl"].body, format=ox.RdfFormat.RDF_XML))
    assert turtle == owl > 20_000


def test_archives_hold_every_table_and_every_query(files: dict[str, Reply], sources: Sources) -> None:
    with zipfile.ZipFile(io.BytesIO(files["data.zip"].body)) as archive:
        assert {name.removeprefix("data/") for name in archive.namelist()} == {path.name for path in sources.data.glob("*.tsv")} | {"README.md"}
    with zipfile.ZipFile(io.BytesIO(files["queries.zip"].body)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(list(sources.queries.glob("*.rq")))


@pytest.mark.parametrize("name", ["ontology.ttl", "data.zip", "queries.zip", "graph.trig"])
def test_the_same_graph_gives_the_same_bytes(name: str, small_sources: Sources) -> None:
    statements = [ox.Quad(ox.NamedNode(f"http://example.org/{n}"), ox.NamedNode("http://example.org/p"), ox.Literal(str(n))) for n in range(50)]
    folder = small_sources.root / "queries"
    folder.mkdir()
    (folder / "one.rq").write_text("SELECT * {}")
    one, other = (Graph(in_memory(order), small_sources) for order in (statements, statements[::-1]))
    assert call("export")(one, {"file": name}).body == call("export")(other, {"file": name}).body


@pytest.mark.parametrize("name", ["../data.zip", "graph.nq/", "nothing", "x" * 5000, "GRAPH.NQ"])
def test_only_what_is_on_offer_can_be_had(name: str, graph: kg.Graph) -> None:
    with pytest.raises(UnknownTermError) as caught:
        call("export")(graph, {"file": name})
    assert "graph.nq" in caught.value.hint
    assert len(caught.value.message) < 200
