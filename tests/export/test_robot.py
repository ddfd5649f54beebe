"""Real ROBOT over the released ontology: its report, the profile, its reasoners, and OBO and back."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from kg.export import FORMATS
from kg.export.loss import Losses
from kg.export.source import Edition, Source
from kg.graph import Graph
from tests.export.conftest import OwlApi, Robot


def written(name: str, edition: Edition, graph: Graph, folder: Path) -> Path:
    path = folder / f"{edition}{FORMATS[name].suffix}"
    FORMATS[name].writer()(Source(graph, edition), path, Losses())
    return path


@pytest.mark.parametrize("edition", list(Edition))
def test_the_report_has_no_error_and_no_warning(edition: Edition, graph: Graph, robot: Robot, tmp_path: Path) -> None:
    table = tmp_path / "report.tsv"
    robot("report", "--input", written("owl", edition, graph, tmp_path), "--fail-on", "none", "--output", table)
    with table.open(encoding="utf-8", newline="") as stream:
        found = Counter((row["Level"], row["Rule Name"]) for row in csv.DictReader(stream, delimiter="\t"))
    assert {rule: count for (level, rule), count in found.items() if level != "INFO"} == {}


@pytest.mark.parametrize("edition", list(Edition))
def test_the_profile_is_owl_2_dl(edition: Edition, graph: Graph, robot: Robot, tmp_path: Path) -> None:
    report = tmp_path / "profile.txt"
    robot("validate-profile", "--profile", "DL", "--input", written("owl", edition, graph, tmp_path), "--output", report)
    assert report.read_text(encoding="utf-8").strip() == "OWL 2 DL Profile Report: [Ontology and imports closure in profile]"


@pytest.mark.parametrize("reasoner", ["HermiT", "ELK"])
def test_reasoners_find_nothing_wrong(reasoner: str, graph: Graph, robot: Robot, tmp_path: Path) -> None:
    """The edition as edited is what a reasoner is given; the others hold what was inferred from it already."""
    options = ["--equivalent-classes-allowed", "asserted-only", "--exclude-tautologies", "structural", "--annotate-inferred-axioms", "true"]
    base = written("owl", Edition.BASE, graph, tmp_path)
    robot("reason", "--reasoner", reasoner, *options, "--input", base, "--output", tmp_path / "reasoned.owl")
    assert (tmp_path / "reasoned.owl").stat().st_size > base.stat().st_size


def test_robot_writes_our_ontology_as_obo_and_reads_it_again(graph: Graph, robot: Robot, owlapi: OwlApi, tmp_path: Path) -> None:
    base = written("owl", Edition.BASE, graph, tmp_path)
    robot("convert", "--input", base, "--output", tmp_path / "theirs.obo")
    robot("convert", "--input", tmp_path / "theirs.obo", "--output", tmp_path / "back.owl")
    whole, back = owlapi(base, tmp_path / "back.owl")
    assert not [text for text in back["less"] if text.startswith(("[]Declaration(Class", "[]SubClassOf(<"))]
    assert whole["axioms"] <= back["axioms"] + len(back["less"])


def test_robot_reads_our_obo(graph: Graph, robot: Robot, tmp_path: Path) -> None:
    robot("convert", "--input", written("obo", Edition.INFERRED, graph, tmp_path), "--output", tmp_path / "read.ofn")
    assert "SubClassOf(" in (tmp_path / "read.ofn").read_text(encoding="utf-8")
