"""The ontology file itself: what tools read in it, its header, its names."""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import owlready2
import pyoxigraph as ox
import pytest
import rdflib

from kg.check.run import RELEASED
from kg.prefixes import NET, ONTOLOGY_IRI, PREFIXES
from kg.reason.hermit import profile_violations
from kg.settings import Sources
from kg.terms import Terms, read_rdf

OWN_KINDS = ("class", "object property", "data property", "annotation property", "individual")
ACRONYM_TYPES = {PREFIXES["OMO"] + "0003000", PREFIXES["OMO"] + "0003012"}


@pytest.fixture(scope="module")
def triples(sources: Sources) -> list[ox.Triple]:
    return read_rdf(sources.ontology)


@pytest.fixture(scope="module")
def header(triples: list[ox.Triple]) -> dict[str, list[ox.NamedNode | ox.Literal]]:
    found: dict[str, list[ox.NamedNode | ox.Literal]] = {}
    for triple in triples:
        if triple.subject == ox.NamedNode(ONTOLOGY_IRI) and isinstance(triple.object, ox.NamedNode | ox.Literal):
            found.setdefault(triple.predicate.value, []).append(triple.object)
    return found


def only(header: dict[str, list[ox.NamedNode | ox.Literal]], curie: str) -> str:
    prefix, _, name = curie.partition(":")
    (value,) = header[PREFIXES[prefix] + name]
    return value.value


def own(terms: Terms) -> list[str]:
    return [iri for iri, kind in terms.kinds.items() if iri.startswith(NET) and kind in OWN_KINDS]


def test_three_readers_find_the_same_number_of_statements(sources: Sources, triples: list[ox.Triple]) -> None:
    by_rdflib = rdflib.Graph().parse(sources.ontology, format="xml")
    by_owlready = owlready2.World().get_ontology(sources.ontology.resolve().as_uri()).load()
    assert len(by_rdflib) == len(set(triples)) == len(by_owlready.graph)


def test_named_statements_are_the_same_for_both_rdf_readers(sources: Sources, triples: list[ox.Triple]) -> None:
    by_rdflib = rdflib.Graph().parse(sources.ontology, format="xml")
    theirs = Counter((str(s), str(p), str(o)) for s, p, o in by_rdflib if not isinstance(s, rdflib.BNode) and not isinstance(o, rdflib.BNode))
    ours = Counter(
        (triple.subject.value, triple.predicate.value, triple.object.value)
        for triple in triples
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode | ox.Literal)
    )
    assert theirs == ours


def test_the_file_stays_in_owl_2_dl(triples: list[ox.Triple]) -> None:
    assert profile_violations(triples) == []


def test_nothing_is_imported(header: dict[str, list[ox.NamedNode | ox.Literal]]) -> None:
    assert PREFIXES["owl"] + "imports" not in header


def test_there_is_one_ontology_and_its_address_is_persistent(triples: list[ox.Triple]) -> None:
    ontologies = [triple.subject for triple in triples if triple.object == ox.NamedNode(PREFIXES["owl"] + "Ontology")]
    assert ontologies == [ox.NamedNode(ONTOLOGY_IRI)]
    assert urlsplit(ONTOLOGY_IRI).hostname == "w3id.org"
    assert not ONTOLOGY_IRI.endswith((".owl", ".rdf", ".ttl"))


@pytest.mark.parametrize(
    "curie",
    [
        "dcterms:title",
        "dcterms:description",
        "dcterms:license",
        "dcterms:creator",
        "dcterms:created",
        "dcterms:issued",
        "dcterms:modified",
        "dcterms:publisher",
        "dcterms:bibliographicCitation",
        "dcterms:source",
        "owl:versionIRI",
        "owl:versionInfo",
        "vann:preferredNamespacePrefix",
        "vann:preferredNamespaceUri",
        "bibo:status",
        "schema:includedInDataCatalog",
    ],
)
def test_the_header_says_each_thing_once(curie: str, header: dict[str, list[ox.NamedNode | ox.Literal]]) -> None:
    assert only(header, curie)


def test_licence_namespace_and_prefix_are_what_the_code_uses(header: dict[str, list[ox.NamedNode | ox.Literal]]) -> None:
    assert only(header, "dcterms:license") == "https://creativecommons.org/licenses/by/4.0/"
    assert only(header, "vann:preferredNamespaceUri") == NET
    assert PREFIXES[only(header, "vann:preferredNamespacePrefix")] == NET


def test_the_version_is_one_date_everywhere(header: dict[str, list[ox.NamedNode | ox.Literal]]) -> None:
    version = only(header, "owl:versionInfo")
    assert date.fromisoformat(version).isoformat() == version
    assert only(header, "owl:versionIRI") == f"{ONTOLOGY_IRI}/{version}"
    assert only(header, "owl:versionIRI").count(version) == 1
    assert version in only(header, "dcterms:bibliographicCitation")
    assert only(header, "dcterms:created") <= only(header, "dcterms:issued") <= version


def test_the_notice_stands_in_the_header(header: dict[str, list[ox.NamedNode | ox.Literal]]) -> None:
    assert "no medical advice" in only(header, "dcterms:description")
    assert "no medical advice" in only(header, "rdfs:comment")


def test_every_entity_of_ours_is_labelled_and_defined_for_every_reader(triples: list[ox.Triple], terms: Terms) -> None:
    said = {(str(triple.subject), triple.predicate.value) for triple in triples}
    for curie in ("rdfs:label", "IAO:0000115", "skos:definition"):
        prefix, _, name = curie.partition(":")
        missing = [iri for iri in own(terms) if iri not in terms.deprecated and (f"<{iri}>", PREFIXES[prefix] + name) not in said]
        assert missing == [], curie


def test_labels_are_plain_english_in_lower_case_but_for_names(triples: list[ox.Triple]) -> None:
    labels = [
        triple.object
        for triple in triples
        if triple.predicate.value == PREFIXES["rdfs"] + "label" and isinstance(triple.subject, ox.NamedNode) and triple.subject.value.startswith(NET)
    ]
    assert all(isinstance(label, ox.Literal) and label.language == "en" for label in labels)
    texts = [label.value for label in labels if isinstance(label, ox.Literal)]
    assert [text for text in texts if "_" in text or text != " ".join(text.split())] == []
    assert [text for text in texts if re.search(r"\b[a-z]+[A-Z][a-z]+", text)] == ["mmHg (unit)"]


def test_names_are_camel_case_and_say_their_kind_by_their_first_letter(terms: Terms) -> None:
    for iri in own(terms):
        name = iri.removeprefix(NET)
        upper = terms.kinds[iri] in {"class", "individual"}
        assert re.fullmatch("[A-Z0-9][A-Za-z0-9]*" if upper else "[a-z][A-Za-z0-9]*", name), iri


def test_short_synonyms_in_capitals_say_that_they_are_acronyms_or_abbreviations(triples: list[ox.Triple]) -> None:
    about: dict[str, dict[str, set[str]]] = {}
    for triple in triples:
        if isinstance(triple.subject, ox.BlankNode):
            about.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, set()).add(getattr(triple.object, "value", ""))
    synonym = PREFIXES["oboInOwl"] + "hasExactSynonym"
    typed = {
        (source, target)
        for facts in about.values()
        if facts.get(PREFIXES["oboInOwl"] + "hasSynonymType", set()) & ACRONYM_TYPES
        for source in facts.get(PREFIXES["owl"] + "annotatedSource", set())
        for target in facts.get(PREFIXES["owl"] + "annotatedTarget", set())
    }
    acronyms = {
        (triple.subject.value, triple.object.value)
        for triple in triples
        if triple.predicate.value == synonym
        and isinstance(triple.subject, ox.NamedNode)
        and isinstance(triple.object, ox.Literal)
        and re.fullmatch("[A-Z]{2,6}", triple.object.value)
    }
    assert len(acronyms) >= 20
    assert sorted(acronyms - typed) == []


def reference_folder() -> Path:
    return Path(os.environ.get("NETKG_REFERENCE") or Path(__file__).resolve().parents[3] / "shared" / "reference")


def test_no_property_of_ours_has_the_label_of_another_one_in_ro(terms: Terms) -> None:
    path = reference_folder() / "identifiers" / "slices" / "ro-2025-12-17.obo"
    if not path.is_file():
        pytest.skip(f"the extract of RO is not there: {path}")
    taken = {line.removeprefix("name: ").strip().casefold() for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("name: ")}
    assert len(taken) > 100
    clashes = {terms.labels[iri] for iri in own(terms) if terms.labels.get(iri, "").casefold() in taken and "property" in terms.kinds[iri]}
    assert clashes == set()


def test_the_list_of_released_terms_is_complete_sorted_and_without_repetition(sources: Sources, terms: Terms) -> None:
    released = (sources.ontology.parent / RELEASED).read_text(encoding="utf-8").split()
    assert released == sorted(set(released))
    assert set(own(terms)) <= set(released)


def test_outside_identifiers_are_written_with_a_prefix_we_declare(terms: Terms) -> None:
    outside = [iri for iri in terms.kinds if not iri.startswith(NET)]
    undeclared = [iri for iri in outside if not any(iri.startswith(base) for base in PREFIXES.values())]
    assert outside
    assert undeclared == []
