"""The W3C's SPARQL 1.1 query and update suites, where their files are at hand, against a real server."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conformance import graph_store, protocol
from tests.conformance.client import Endpoint
from tests.conformance.drive import verdict
from tests.conformance.suite import GROUPS, VARIABLE, Manifest, folder

EXPECTED = tomllib.loads((Path(__file__).parent / "expected.toml").read_text(encoding="utf-8"))
CAUSES: Mapping[str, str] = {name: failure["cause"] for failure in EXPECTED["failure"] for name in failure["tests"]}


@pytest.fixture(scope="module")
def files() -> Path:
    found = folder()
    if found is None:
        pytest.skip(f"{VARIABLE} does not name a folder with the W3C's rdf-tests")
    return found


@pytest.mark.parametrize("group", GROUPS)
def test_what_fails_is_what_is_named(group: str, files: Path, writable: Endpoint) -> None:
    verdicts = {case.name: verdict(case, writable) for case in Manifest(files, group).cases()}
    failed = {name: fault for name, fault in verdicts.items() if fault}
    assert {name: fault for name, fault in failed.items() if name not in CAUSES} == {}
    assert {name: cause for name, cause in CAUSES.items() if name in verdicts and name not in failed} == {}, "passes by now: take it off the list"


@pytest.mark.parametrize("group", GROUPS)
def test_fails_nowhere_the_engine_by_itself_passes(group: str, files: Path, oxigraph: Endpoint) -> None:
    failed = {case.name for case in Manifest(files, group).cases() if verdict(case, oxigraph)}
    assert {name for name in CAUSES if name.startswith(f"{group}/")} <= failed


def test_every_folder_is_run_or_left_out_for_a_reason(files: Path) -> None:
    there = {manifest.parent.name for manifest in files.glob("*/manifest.ttl")}
    assert there == {*GROUPS, *EXPECTED["left-out"]}


def test_every_named_failure_is_a_test(files: Path) -> None:
    assert set(CAUSES) <= {name for group in GROUPS for name in Manifest(files, group).names()}


def test_no_protocol_test_is_missing(files: Path) -> None:
    assert set(protocol.TESTS) == {name.partition("/")[2] for name in Manifest(files, "protocol").names()}


@pytest.mark.parametrize("kind", ["direct", "indirect"])
def test_no_graph_store_test_is_missing(kind: str, files: Path) -> None:
    names = {name.partition("/")[2] for name in Manifest(files, "graph-store-protocol", f"manifest-{kind}.ttl").names()}
    assert names <= set(graph_store.TESTS)
