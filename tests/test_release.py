"""Releases: whole, the same every time, and never with fewer terms."""

from __future__ import annotations

import csv
import filecmp
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner
from rdflib.namespace import DCAT, VOID

import kg
from kg.build import build
from kg.cli.main import netkg
from kg.diff import compare, open_build
from kg.diff.files import MANIFEST, read_manifest
from kg.errors import DataError, SurroundingsError, UsageError
from kg.export import FORMATS
from kg.export.artefacts import COMPANIONS, Artefact, artefacts
from kg.export.dataset import DESCRIPTIONS
from kg.load.load import descriptions
from kg.reason.hermit import Classification
from kg.release import LOSSES, NOTES, SUMS, Released, release
from kg.settings import Sources
from kg.store import in_memory
from tests.conftest import ROOT
from tests.export.conftest import SMALL, Reader, reader
from tests.small import write_tables

__all__ = ["reader"]
FEW = ("nq", "ttl", "csv", "graphml", *DESCRIPTIONS)


# -- of a graph on disk, by the command, from two places --------------------------------------------------------------


@pytest.fixture(scope="module")
def store(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real ontology with small tables, without inferences."""
    root = tmp_path_factory.mktemp("small")
    write_tables(root / "data")
    for name in ("ontology", "queries"):
        (root / name).symlink_to(sources.root / name)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("kg.build.reason", lambda _ontology, _data, loaded, terms: (Classification(True, ()), list(descriptions(loaded, terms))))
        build(Sources(root), root / "store", lenient=True)
    return root / "store"


@pytest.fixture(scope="module")
def releases(store: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two releases of one graph: other hash seed, time zone, locale, folder, and file mode."""
    made = []
    for number, (seed, zone, language) in enumerate((("1", "UTC", "C"), ("2", "Pacific/Kiritimati", "de_DE.UTF-8"))):
        folder = tmp_path_factory.mktemp(f"place{number}")
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        command = [sys.executable, "-c", "from kg.cli.main import run; run()", "release", f"deep/{number}", "--store", str(store)]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, umask=number * 0o077)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        made.append(folder / "deep" / str(number))
        assert f"files in deep/{number}" in done.stderr.splitlines()[-1]
        assert [path.name for path in (folder / "deep").iterdir()] == [str(number)], "nothing else is left"
    return made[0], made[1]


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_two_releases_are_the_same_byte_for_byte(releases: tuple[Path, Path]) -> None:
    one, two = releases
    assert files_of(one) == files_of(two)
    same, other, wrong = filecmp.cmpfiles(one, two, files_of(one), shallow=False)
    assert (other, wrong) == ([], [])
    assert len(same) > len(artefacts())


def test_every_format_is_there_and_every_file_has_its_checksum(releases: tuple[Path, Path]) -> None:
    folder = releases[0]
    names = {artefact.name for artefact in artefacts() if artefact.entry.name != "rocrate"} | {file.name for file in COMPANIONS}
    assert names | {MANIFEST, SUMS, NOTES, "README.md", "LICENSE.txt", "ro-crate-metadata.json"} <= set(files_of(folder))
    lines = [line.partition("  ") for line in (folder / SUMS).read_text(encoding="utf-8").splitlines()]
    assert {name: digest for digest, _, name in lines} == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files_of(folder) if name != SUMS
    }


def test_the_manifest_says_of_each_file_what_it_is(releases: tuple[Path, Path], store: Path) -> None:
    folder = releases[0]
    manifest = read_manifest(folder)
    assert manifest is not None
    assert [entry["file"] for entry in manifest["files"]] == sorted(set(files_of(folder)) - {MANIFEST, SUMS})
    for entry in manifest["files"]:
        content = (folder / entry["file"]).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    of = {entry["file"]: entry for entry in manifest["files"]}
    assert (of["net-kg-full.owl"]["format"], of["net-kg-full.owl"]["edition"]) == ("owl", "full")
    graph = kg.open(str(store), memory=False)
    assert manifest["statements"] == sum(1 for _ in graph.store.quads()) == sum(manifest["graphs"].values())
    assert manifest["terms"]["in use"] > 1_000
    assert manifest["version"] == graph.version()
    assert manifest["previous"] is None
    assert manifest["editions"]["base"] <= manifest["editions"]["inferred"] < manifest["editions"]["full"]


def test_each_loss_report_has_as_many_losses_as_the_manifest_says(releases: tuple[Path, Path]) -> None:
    folder = releases[0]
    manifest = read_manifest(folder)
    assert manifest is not None
    losses = {entry["file"]: entry["losses"] for entry in manifest["files"] if "losses" in entry}
    assert {f"{LOSSES}/{name}.tsv" for name in losses} == {name for name in files_of(folder) if name.startswith(f"{LOSSES}/")}
    assert losses
    for name, expected in losses.items():
        with (folder / LOSSES / f"{name}.tsv").open(encoding="utf-8", newline="") as stream:
            assert Counter(row["reason"] for row in csv.DictReader(stream, delimiter="\t")) == expected


def test_the_descriptions_name_files_that_are_there_with_their_sizes_and_checksums(releases: tuple[Path, Path]) -> None:
    folder = releases[0]
    graph = rdflib.Graph().parse(folder / "net-kg.dcat.ttl", format="turtle")
    base = f"{kg.prefixes.NET}release/{(read_manifest(folder) or {})['version']}/"
    found = {}
    for distribution, address in graph.subject_objects(DCAT.downloadURL):
        assert str(address).startswith(base)
        checksum = graph.value(distribution, rdflib.URIRef("http://spdx.org/rdf/terms#checksum"))
        size = graph.value(distribution, DCAT.byteSize)
        value = graph.value(checksum, rdflib.URIRef("http://spdx.org/rdf/terms#checksumValue"))
        found[str(address).removeprefix(base)] = (str(size), str(value).lower())
    data = {artefact.name for artefact in artefacts() if artefact.entry.name not in DESCRIPTIONS}
    assert data == set(found)
    for name, told in found.items():
        content = (folder / name).read_bytes()
        assert told == (str(len(content)), hashlib.sha256(content).hexdigest())
    void = rdflib.Graph().parse(folder / "net-kg.void.ttl", format="turtle")
    dumps = {str(dump).removeprefix(base) for dump in void.objects(None, VOID.dataDump)}
    assert {"net-kg.nq", "net-kg.trig", "net-kg-base.owl"} <= dumps <= data
    described = json.loads((folder / "net-kg.schemaorg.jsonld").read_text(encoding="utf-8"))
    assert {item["contentUrl"].removeprefix(base) for item in described["distribution"]} == set(found)


def test_the_rocrate_library_opens_the_folder_and_misses_nothing(releases: tuple[Path, Path], reader: Reader) -> None:
    folder = releases[0]
    files = len(files_of(folder)) - 1  # all but the metadata file itself
    name = f"NET-KG {(read_manifest(folder) or {})['version']}"
    crate = {"version": "1.2", "files": files, "missing": [], "name": name, "licence": "https://creativecommons.org/licenses/by/4.0/"}
    assert reader("crates", folder) == {"crates": [crate]}


def test_a_release_can_be_compared_as_the_store_can(releases: tuple[Path, Path], store: Path, sources: Sources) -> None:
    released, stored = open_build(str(releases[0]), sources), open_build(str(store), sources)
    found = compare(released, stored)
    assert not found
    assert released.version() == stored.version()


# -- of a graph in memory, few formats -------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only some formats."""
    monkeypatch.setattr("kg.export.artefacts.FORMATS", {name: FORMATS[name] for name in FEW})


def graph_of(text: str, sources: Sources) -> kg.Graph:
    return kg.Graph(in_memory(ox.parse(text, ox.RdfFormat.TRIG)), sources)


@pytest.fixture
def small(few: None, sources: Sources) -> kg.Graph:  # noqa: ARG001 - it works on the table of formats
    return graph_of(SMALL, sources)


def newer(sources: Sources, *changes: tuple[str, str]) -> kg.Graph:
    text = SMALL.replace("2026-01-01", "2026-02-01")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return graph_of(text, sources)


def test_progress_names_each_file(small: kg.Graph, tmp_path: Path) -> None:
    told: list[str] = []
    done = release(small, tmp_path / "r", progress=lambda name, size, _seconds: told.append(f"{name} {size}"))
    assert isinstance(done, Released)
    assert (done.folder, done.version) == (tmp_path / "r", "2026-01-01")
    assert {line.split()[0] for line in told} >= {artefact.name for artefact in artefacts() if artefact.entry.name != "rocrate"}
    assert f"net-kg.nq {(tmp_path / 'r' / 'net-kg.nq').stat().st_size}" in told


def test_an_empty_folder_is_filled_and_a_release_of_the_same_version_replaced(small: kg.Graph, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    release(small, folder)
    before = {name: (folder / name).read_bytes() for name in files_of(folder)}
    (folder / "net-kg.nq").write_text("spoilt")
    (folder / "stale.txt").write_text("stale")
    release(small, folder)
    assert {name: (folder / name).read_bytes() for name in files_of(folder)} == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_another_release_and_other_folders_are_left_alone(small: kg.Graph, sources: Sources, tmp_path: Path) -> None:
    release(small, tmp_path / "r")
    before = {name: (tmp_path / "r" / name).read_bytes() for name in files_of(tmp_path / "r")}
    with pytest.raises(UsageError, match="holds release 2026-01-01, which stays as it is; this one is 2026-02-01"):
        release(newer(sources), tmp_path / "r")
    assert {name: (tmp_path / "r" / name).read_bytes() for name in files_of(tmp_path / "r")} == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="not empty and holds no release") as caught:
        release(small, tmp_path / "mine")
    assert caught.value.where == str(tmp_path / "mine")
    with pytest.raises(UsageError, match="no folder"):
        release(small, tmp_path / "mine" / "letter.txt")
    assert files_of(tmp_path / "mine") == ["letter.txt"]
    for text, message in (("{", "not JSON"), ("[]", "not the manifest of a release"), ('{"name": "other", "files": []}', "not the manifest")):
        (tmp_path / "mine" / MANIFEST).write_text(text)
        with pytest.raises(DataError, match=message):
            release(small, tmp_path / "mine")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()])
@pytest.mark.parametrize("earlier", [False, True])
def test_a_release_that_fails_leaves_what_was_there(
    error: BaseException, earlier: bool, small: kg.Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "r"
    if earlier:
        release(small, folder)
    before = {name: (folder / name).read_bytes() for name in files_of(folder)} if earlier else {}
    written: list[str] = []
    write = Artefact.write

    def failing(self: Artefact, graph: kg.Graph, path: Path) -> Any:
        if len(written) == 2:
            raise error
        written.append(self.name)
        return write(self, graph, path)

    monkeypatch.setattr(Artefact, "write", failing)
    expected = SurroundingsError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected) as caught:
        release(small, folder)
    if isinstance(error, OSError):
        assert str(folder) in str(caught.value)
        assert "No space left on device" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == (["r"] if earlier else [])
    assert {name: (folder / name).read_bytes() for name in files_of(folder)} == before


def test_the_old_release_comes_back_when_the_new_one_cannot_take_its_place(small: kg.Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "r"
    release(small, folder)
    before = files_of(folder)
    move = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(13, "Permission denied")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(SurroundingsError, match="Permission denied"):
        release(small, folder)
    assert files_of(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_folder_that_cannot_be_made_is_named(small: kg.Graph, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SurroundingsError) as caught:
        release(small, tmp_path / "file" / "r")
    assert str(tmp_path / "file" / "r") in str(caught.value)


def test_a_graph_without_version_is_refused(few: None, sources: Sources, tmp_path: Path) -> None:  # noqa: ARG001 - it works on the table of formats
    with pytest.raises(DataError, match="has no version"):
        release(graph_of("", sources), tmp_path / "r")
    assert list(tmp_path.iterdir()) == []


def test_a_term_may_not_vanish(small: kg.Graph, sources: Sources, tmp_path: Path) -> None:
    lost = newer(sources, ('net:Drug a owl:Class ; rdfs:label "drug"@en .', ""))
    with pytest.raises(DataError, match=r"1 term\(s\) of release 2026-01-01 are gone: net:Drug") as caught:
        release(lost, tmp_path / "r", small)
    assert "owl:deprecated" in caught.value.hint
    assert list(tmp_path.iterdir()) == []
    release(lost, tmp_path / "r")


def test_a_term_that_is_given_up_and_a_new_one_are_told_in_the_notes(small: kg.Graph, sources: Sources, tmp_path: Path) -> None:
    graph = newer(
        sources,
        ('net:Drug a owl:Class ; rdfs:label "drug"@en .', 'net:Drug a owl:Class ; owl:deprecated true ; rdfs:label "obsolete drug"@en .'),
        ("net:targets a owl:ObjectProperty", 'net:New a owl:Class ; rdfs:label "new *one*"@en . net:targets a owl:ObjectProperty'),
        ("net:therapy net:Agonist", "net:therapy net:Receptor"),
    )
    release(graph, tmp_path / "r", small)
    notes = (tmp_path / "r" / NOTES).read_text(encoding="utf-8")
    assert notes.startswith("# NET-KG 2026-02-01: what changed since 2026-01-01\n\nTerms: 1 added, 1 deprecated; statements: 1 changed")
    assert "### Added\n\n- `net:New` new \\*one\\*\n  - label: new \\*one\\*\n" in notes
    assert "### Deprecated\n\n- `net:Drug` obsolete drug:\n  - label: drug → obsolete drug\n  - deprecated: (empty) → true\n" in notes
    assert "### recommendations\n\n#### Changed\n\n- `R1` recommendation R1:\n  - therapy: agonist → Rezeptor für Ω\n" in notes
    assert notes.endswith("Research material, no medical advice.\n")
    manifest = read_manifest(tmp_path / "r")
    assert manifest is not None
    assert manifest["previous"] == "2026-01-01"
    assert manifest["terms"] == {"in use": 4, "deprecated": 1}


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def previous(small: kg.Graph, tmp_path: Path) -> Path:
    return release(small, tmp_path / "old").folder


def test_the_command_takes_a_release_or_its_file_for_the_one_before(previous: Path, sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.cli.release.opened", lambda _store: newer(sources, ('net:Drug a owl:Class ; rdfs:label "drug"@en .', "")))
    for old in (previous, previous / "net-kg.nq"):
        result = CliRunner().invoke(netkg, ["release", str(tmp_path / "new"), "--previous", str(old)])
        assert isinstance(result.exception, DataError)
        assert "net:Drug" in str(result.exception)
    monkeypatch.setattr("kg.cli.release.opened", lambda _store: newer(sources))
    result = CliRunner().invoke(netkg, ["release", str(tmp_path / "new"), "--previous", str(previous)])
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert "net-kg.nq" in result.stderr
    assert result.stderr.splitlines()[-1] == f"release 2026-02-01: {len(files_of(tmp_path / 'new')) - 2} files in {tmp_path / 'new'}"


def test_the_help_teaches() -> None:
    text = CliRunner().invoke(netkg, ["release", "--help"]).output
    assert all(word in text for word in (MANIFEST, SUMS, NOTES, "--previous", "ro-crate-metadata.json", "netkg release releases/2026-11-21"))
