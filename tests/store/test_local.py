"""Stores in this process: union of graphs, errors, and readers beside a build."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build import _replace
from kg.errors import NetKGError, QueryError, StoreError
from kg.store import LocalStore, Rows, graph_counts, in_memory, open_folder, open_store, select
from kg.store.local import POINTER

EX = "https://example.org/"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def quad(name: str, graph: str = "g", value: str = "v") -> ox.Quad:
    return ox.Quad(ox.NamedNode(EX + name), ox.NamedNode(EX + "p"), ox.Literal(value), ox.NamedNode(EX + graph))


def write(folder: Path, quads: Iterable[ox.Quad]) -> None:
    """Write one generation, as a build does."""
    _replace(folder, list(quads))


def values(store: LocalStore) -> list[str]:
    return [cell.value for (cell,) in select(store, "SELECT ?o WHERE { ?s ?p ?o } ORDER BY ?o") if isinstance(cell, ox.Literal)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store folder with one statement."""
    write(tmp_path / "store", [quad("a", value="first")])
    return tmp_path / "store"


def test_the_default_graph_is_the_union_of_the_named_graphs() -> None:
    store = in_memory([quad("a", "g"), quad("b", "h")])
    assert [cell.value for (cell,) in select(store, COUNT) if isinstance(cell, ox.Literal)] == ["2"]
    assert select(store, f"SELECT ?s WHERE {{ GRAPH <{EX}h> {{ ?s ?p ?o }} }}").rows == [(ox.NamedNode(EX + "b"),)]


def test_each_graph_is_counted_by_itself() -> None:
    store = in_memory([quad("a", "g"), quad("a", "h"), quad("b", "h")])
    assert graph_counts(store) == {EX + "g": 1, EX + "h": 2}
    assert len(list(store.quads())) == 3


def test_each_form_of_query_has_its_form_of_answer() -> None:
    store = in_memory([quad("a")])
    assert store.query("SELECT ?s ?x WHERE { ?s ?p ?o }") == Rows(("s", "x"), [(ox.NamedNode(EX + "a"), None)])
    assert store.query("ASK { ?s ?p 'v' }") is True
    assert store.query("ASK { ?s ?p 'w' }") is False
    assert store.query("CONSTRUCT WHERE { ?s ?p ?o }") == [ox.Triple(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "p"), ox.Literal("v"))]
    assert store.query(f"DESCRIBE <{EX}nothing>") == []
    assert len(select(store, "SELECT * WHERE { ?s ?p 'w' }")) == 0


def test_select_refuses_queries_of_another_form() -> None:
    with pytest.raises(TypeError, match="not a SELECT"):
        select(in_memory([]), "ASK {}")


@pytest.mark.parametrize(
    "sparql", ["", "SELECT", "SELECT ?x WHERE { ?x", "DELETE WHERE { ?s ?p ?o }", "INSERT DATA { <a:a> <a:b> <a:c> }", "SELECT ?x WHERE { ?x nope:p ?y }"]
)
def test_a_query_that_cannot_be_read_is_refused_and_changes_nothing(sparql: str) -> None:
    store = in_memory([quad("a")])
    with pytest.raises(QueryError, match="the query cannot be read") as refused:
        store.query(sparql)
    assert refused.value.exit_status == 2
    assert values(store) == ["v"]


def test_a_query_that_would_call_a_server_is_refused() -> None:
    with pytest.raises(NetKGError, match="SERVICE is refused"):
        in_memory([]).query("SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


def test_a_folder_without_a_graph_says_how_to_build_one(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StoreError, match="there is no graph yet") as refused:
            open_folder(folder)
        assert refused.value.where == str(folder)
        assert "netkg build" in refused.value.hint
        assert refused.value.exit_status == 3
    assert not (tmp_path / "nowhere").exists()


def test_a_file_in_place_of_the_folder_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("x")
    with pytest.raises(StoreError, match="Not a directory"):
        open_store(str(tmp_path / "store"))


@pytest.mark.parametrize("pointer", [b"", b"\n", b"graph-9\n", b"garbage", b"\xff\xfe", b"graph-1\x00"])
def test_a_damaged_pointer_is_a_store_error(pointer: bytes, folder: Path) -> None:
    (folder / POINTER).write_bytes(pointer)
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(StoreError, match="cannot be opened") as refused:
        open_folder(folder)
    assert refused.value.hint
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_damaged_generation_is_a_store_error(folder: Path) -> None:
    (folder / "graph-1" / "CURRENT").write_text("nothing\n")
    with pytest.raises(StoreError, match="cannot be opened") as refused:
        open_folder(folder)
    assert "netkg build" in refused.value.hint


def test_a_home_folder_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder.parent))
    store = open_store("~/store")
    assert isinstance(store, LocalStore)
    assert store.location == str(folder)
    assert values(store) == ["first"]


def test_two_readers_of_one_folder_see_the_same(folder: Path) -> None:
    first, second = open_folder(folder), open_folder(folder)
    assert values(first) == values(second) == ["first"]


def test_a_reader_in_another_process_works_beside_this_one(folder: Path) -> None:
    mine = open_folder(folder)
    script = "import sys; from kg.store import open_store, select; print(len(select(open_store(sys.argv[1]), 'SELECT * { ?s ?p ?o }')))"
    done = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
    assert values(mine) == ["first"]


def test_a_reader_cannot_write(folder: Path) -> None:
    store = open_folder(folder)
    with pytest.raises(RuntimeError, match="read-write"):
        store._store.add(quad("b"))


def test_a_reader_keeps_its_graph_while_a_new_one_replaces_it(folder: Path) -> None:
    reader = open_folder(folder)
    half = reader.quads()
    write(folder, [quad("a", value="second"), quad("b", value="second")])
    assert values(reader) == ["first"]
    assert [found.object.value for found in half if isinstance(found.object, ox.Literal)] == ["first"]
    assert values(open_folder(folder)) == ["second", "second"]


def test_the_graph_before_stays_on_disk_for_readers_and_older_ones_go(folder: Path) -> None:
    for number in range(2, 6):
        write(folder, [quad("a", value=str(number))])
        kept = sorted(path.name for path in folder.glob("graph-*"))
        assert kept == [f"graph-{number - 1}", f"graph-{number}"]
    assert values(open_folder(folder)) == ["5"]


def test_a_store_carries_every_kind_of_text(tmp_path: Path) -> None:
    texts = ["", "caf\u00e9", "cafe\u0301", "\U0001d53e", "\u05e9\u05dc", 'tab\tquote"back\\slash\nline\r', "\u2028"]
    write(tmp_path / "store", [quad(str(number), value=text) for number, text in enumerate(texts)])
    assert sorted(values(open_folder(tmp_path / "store"))) == sorted(texts)
