"""Downloads."""

from __future__ import annotations

import gc
import hashlib
import io
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

import kg
from kg.errors import UnknownTermError
from kg.export import FORMATS
from kg.export.artefacts import RDF
from kg.export.loss import Losses
from kg.export.source import Source
from kg.graph import Graph
from kg.serve.api import export as downloads
from kg.serve.api.describe import DUMPS
from kg.serve.api.export import DOWNLOADS, OFFERED, SUMS, shelf
from kg.serve.calls import Reply, call
from kg.settings import Sources
from kg.store import in_memory
from tests.serve.api.conftest import Ask


@pytest.fixture(scope="module")
def files(graph: kg.Graph) -> dict[str, Reply]:
    return {name: call("export")(graph, {"file": name}) for name in DOWNLOADS}


@pytest.fixture
def listed(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/export").json()["files"]
    return found


def test_the_list_has_size_and_checksum_of_each_file(files: dict[str, Reply], listed: list[dict[str, Any]]) -> None:
    assert [item["file"] for item in listed] == list(DOWNLOADS)
    for item in listed:
        reply = files[item["file"]]
        assert (item["bytes"], item["sha256"]) == (len(reply.body), hashlib.sha256(reply.body).hexdigest())
        assert item["media_type"] == reply.media_type
        assert item["href"] == f"export/{item['file']}"


def test_the_list_says_what_it_is(client: TestClient, graph: kg.Graph) -> None:
    found = client.get("/export").json()
    assert (found["notice"], found["version"]) == ("Research material, no medical advice.", graph.version())
    assert found["licence"] == "https://creativecommons.org/licenses/by/4.0/"


def test_the_sums_are_those_of_the_files(files: dict[str, Reply], client: TestClient) -> None:
    answer = client.get(f"/export/{SUMS}")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == "".join(f"{hashlib.sha256(reply.body).hexdigest()}  {name}\n" for name, reply in files.items())


def test_every_format_on_offer_that_there_is_comes_under_the_name_of_a_release() -> None:
    assert {download.file.form for download in DOWNLOADS.values()} - {""} == set(OFFERED) & set(FORMATS)
    assert {"net-kg.nq", "net-kg.trig", "net-kg.ttl", "net-kg.owl", "net-kg-csv.zip", "net-kg.sssom.tsv"} <= set(DOWNLOADS)


def test_a_file_is_what_the_export_of_that_format_writes(files: dict[str, Reply], graph: kg.Graph, tmp_path: Path) -> None:
    for name in ("nq", "sssom", "bibtex"):
        download = next(download for download in DOWNLOADS.values() if download.file.form == name)
        path = tmp_path / name
        FORMATS[name].writer()(Source(graph), path, Losses())
        assert files[download.file.name].body == path.read_bytes()


def test_the_whole_graph_can_be_read_back(files: dict[str, Reply], graph: kg.Graph) -> None:
    count = sum(1 for _ in graph.store.quads())
    assert len(files["net-kg.nq"].body.splitlines()) == count
    assert sum(1 for _ in ox.parse(files["net-kg.trig"].body, format=ox.RdfFormat.TRIG)) == count


def test_the_ontology_comes_in_two_forms_with_the_same_number_of_triples(files: dict[str, Reply]) -> None:
    turtle = sum(1 for _ in ox.parse(files["net-kg.ttl"].body, format=ox.RdfFormat.TURTLE))
    owl = sum(1 for _ in ox.parse(files["net-kg.owl"].body, format=ox.RdfFormat.RDF_XML))
    assert turtle == owl > 20_000


def test_archives_hold_every_table_and_every_query(files: dict[str, Reply], sources: Sources) -> None:
    with zipfile.ZipFile(io.BytesIO(files["data.zip"].body)) as archive:
        assert {name.removeprefix("data/") for name in archive.namelist()} == {path.name for path in sources.data.glob("*.tsv")} | {"README.md"}
    with zipfile.ZipFile(io.BytesIO(files["queries.zip"].body)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(list(sources.queries.glob("*.rq")))


@pytest.mark.parametrize("name", sorted(DOWNLOADS))
def test_the_same_graph_gives_the_same_bytes(name: str, small_sources: Sources) -> None:
    statements = [ox.Quad(ox.NamedNode(f"http://example.org/{n}"), ox.NamedNode("http://example.org/p"), ox.Literal(str(n))) for n in range(50)]
    folder = small_sources.root / "queries"
    folder.mkdir()
    (folder / "one.rq").write_text("SELECT * {}")
    (small_sources.root / "ontology" / "shapes.ttl").write_text("")
    one, other = (Graph(in_memory(order), small_sources) for order in (statements, statements[::-1]))
    assert call("export")(one, {"file": name}).body == call("export")(other, {"file": name}).body


@pytest.mark.parametrize("name", ["../data.zip", "net-kg.nq/", "nothing", "x" * 5000, "NET-KG.NQ", "graph.nq", ""])
@pytest.mark.parametrize("asked", ["export", "export-facts"])
def test_only_what_is_on_offer_can_be_had(asked: str, name: str, graph: kg.Graph) -> None:
    with pytest.raises(UnknownTermError) as caught:
        call(asked)(graph, {"file": name})
    assert "net-kg.nq" in caught.value.hint
    assert len(caught.value.message) < 200


def test_a_file_is_made_once(small_sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Graph(in_memory([]), small_sources)
    made: list[str] = []

    def make(_graph: Graph, name: str) -> bytes:
        made.append(name)
        return b"content"

    monkeypatch.setattr(downloads, "_made", make)
    for asked in ("export", "export-facts", "export"):
        call(asked)(graph, {"file": "net-kg.nq"})
    assert made == ["net-kg.nq"]


def test_nothing_is_left_of_a_file_that_could_not_be_made_and_the_next_one_tries_again(small_sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Graph(in_memory([]), small_sources)

    def failing(_graph: Graph, path: Path) -> None:
        assert Path(tempfile.gettempdir()) == path.parent
        path.write_text("half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setitem(DOWNLOADS, "net-kg.nq", downloads.Download(DOWNLOADS["net-kg.nq"].file, failing))
        with pytest.raises(OSError, match="No space left"):
            call("export")(graph, {"file": "net-kg.nq"})
    assert list(shelf(graph).folder.iterdir()) == []
    assert Path(tempfile.gettempdir()) != shelf(graph).folder / "net-kg.nq"
    (shelf(graph).folder / "net-kg.nq").mkdir()  # a worker that was stopped leaves it
    (shelf(graph).folder / "net-kg.nq" / "half").write_text("half")
    assert call("export")(graph, {"file": "net-kg.nq"}).body == b""
    assert list(shelf(graph).folder.iterdir()) == []


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")  # the child does nothing but this
def test_the_folder_goes_with_the_graph_and_only_by_the_process_that_made_it(small_sources: Sources) -> None:
    graph = Graph(in_memory([]), small_sources)
    folder = shelf(graph).folder
    pid = os.fork()
    if not pid:  # a worker that forgets the graph leaves the folder to the others
        downloads._removed(folder, os.getppid())
        os._exit(0)
    os.waitpid(pid, 0)
    assert folder.is_dir()
    del graph
    gc.collect()
    assert not folder.exists()


def test_the_page_of_the_dataset_names_the_files_that_can_be_had(ask: Ask) -> None:
    described = ask("dataset", base="https://example.org/netkg/")
    assert [item["contentUrl"] for item in described["distribution"]] == [f"https://example.org/netkg/export/{name}" for name in DOWNLOADS]
    assert described["url"] == "https://example.org/netkg/"


def test_the_home_page_carries_it(client: TestClient, ask: Ask) -> None:
    page = client.get("/", headers={"Accept": "text/html"}).text
    start = page.index('<script type="application/ld+json">') + len('<script type="application/ld+json">')
    assert json.loads(page[start : page.index("</script>", start)]) == ask("dataset", base="http://testserver/")


def test_every_dump_that_is_advertised_is_rdf_and_on_offer() -> None:
    assert (
        tuple(f"export/{name}" for name, download in DOWNLOADS.items() if download.file.media_type in RDF and name not in ("context.jsonld", "shapes.ttl"))
        == DUMPS
    )
