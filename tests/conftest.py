"""Fixtures that all tests share: the real sources, the graph built from them once, and small copies to break."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import kg
from kg.build import Built, build
from kg.load.load import descriptions
from kg.reason.hermit import Classification
from kg.settings import Sources
from kg.terms import Terms
from tests.small import write_tables

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("house")


@dataclass(frozen=True)
class BuiltGraph:
    """The graph of the real sources on disk.

    :param folder: the store folder
    :param result: what the build returned
    """

    folder: Path
    result: Built


@pytest.fixture(scope="session")
def sources() -> Sources:
    """The real ontology, tables and queries of this checkout."""
    return Sources(ROOT)


@pytest.fixture(scope="session")
def terms(sources: Sources) -> Terms:
    """The index of the real ontology."""
    return Terms.read(sources.ontology)


@pytest.fixture(scope="session")
def built(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> BuiltGraph:
    """The real sources, built once with the real reasoner. Read it only."""
    folder = tmp_path_factory.mktemp("built") / "store"
    return BuiltGraph(folder, build(sources, folder))


@pytest.fixture(scope="session")
def graph(built: BuiltGraph) -> kg.Graph:
    """The real graph, open for reading."""
    return kg.open(str(built.folder))


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder with small, sound tables, to be broken."""
    return write_tables(tmp_path / "small" / "data")


@pytest.fixture
def small_sources(tables: Path, sources: Sources) -> Sources:
    """The real ontology and shapes beside small tables."""
    root = tables.parent
    (root / "ontology").mkdir()
    for name in ("net.owl", "shapes.ttl"):
        (root / "ontology" / name).write_bytes((sources.ontology.parent / name).read_bytes())
    return Sources(root)


@pytest.fixture
def no_reasoner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let build and check go on without HermiT, for tests that are not about reasoning; shapes want kinds that only it finds."""
    monkeypatch.setattr("kg.check.run.can_check_shapes", lambda: False)
    monkeypatch.setattr("kg.build.reason", lambda _ontology, _data, loaded, terms: (Classification(True, ()), list(descriptions(loaded, terms))))
