"""The FHIR resources: what they say of the small graph, their invariants on the real one, and what outside readers find."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.export.fhir import HL7_SYSTEMS, code_of, fhir, system_of
from kg.export.loss import Losses
from kg.export.source import Source
from kg.export.sssom import mapping_rows
from kg.load.mappings import LOCAL_FORMS
from kg.match.vocabulary import coded
from kg.prefixes import NET, compress
from kg.settings import Sources
from tests.export.conftest import Reader, source_of
from tests.export.maven import PATIENCE, jars
from tests.export.test_sssom import PROLOGUE, mapping

HAPI = "8.8.1"
HAPI_PARTS = ("hapi-fhir-validation", "hapi-fhir-structures-r5", "hapi-fhir-validation-resources-r5", "hapi-fhir-caching-caffeine")
ABSENT_VOCABULARY = re.compile(
    r"(The )?Target Code System \S+ (is not fully defined and populated, and no targetScope is specified, so the target code checking will not be performed"
    r"|doesn't have all content \(content = not-present\), so the target codes cannot be checked)"
)
"""What the validator says of a vocabulary that it does not have: nothing of ours."""

TERMS = """
@prefix net: <https://w3id.org/net-kg/> .
@prefix g: <https://w3id.org/net-kg/graph/> .
@prefix d: <https://w3id.org/net-kg/graph/data/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix IAO: <http://purl.obolibrary.org/obo/IAO_> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
g:meta { net:dataset owl:versionInfo "2026-01-01" . }
g:ontology {
  net:Drug a owl:Class ; rdfs:label "drug"@en .
  net:Analogue a owl:Class ; rdfs:label "analogue"@en ; rdfs:subClassOf net:Drug .
  net:Peptide a owl:Class ; rdfs:label "peptide"@en .
  net:Lanreotide a owl:Class ; rdfs:label "lanreotide"@en ; IAO:0000115 "An <analogue>."@en ; rdfs:subClassOf net:Analogue , net:Peptide , net:Drug ;
    oio:hasExactSynonym "BIM 23014"@en ; oio:hasRelatedSynonym "Somatuline"@en ; rdfs:comment "Two forms."@en ; owl:disjointWith net:Old ;
    rdfs:subClassOf [ a owl:Restriction ; owl:onProperty net:targets ; owl:someValuesFrom net:Receptor ] ,
      [ a owl:Restriction ; owl:onProperty net:targets ; owl:allValuesFrom net:Receptor ] .
  net:Old a owl:Class ; rdfs:label "obsolete old drug"@en ; owl:deprecated true ; IAO:0100001 net:Lanreotide .
  net:Receptor a owl:Class ; rdfs:label "receptor"@en .
  net:Grade a owl:Class ; rdfs:label "grade"@en .
  net:GradeG1 a owl:NamedIndividual , net:Grade ; rdfs:label "G1"@en ; net:code "G1" .
  net:targets a owl:ObjectProperty ; rdfs:label "targets"@en .
}
g:edges { net:Lanreotide net:targets net:Receptor . }
d:trials { <https://w3id.org/net-kg/trial/T> a owl:NamedIndividual , net:ClinicalTrial ; rdfs:label "a trial"@en . }
"""

Resources = dict[str, dict[str, Any]]


def written(source: Source, folder: Path) -> tuple[Resources, Losses]:
    losses = Losses()
    folder.mkdir(exist_ok=True)
    fhir(source, folder, losses)
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.iterdir())}, losses


def concepts(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for concept in found:
        yield concept
        yield from concepts(concept.get("concept", []))


def properties(concept: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(prop["code"], next(value for key, value in prop.items() if key != "code")) for prop in concept["property"]]


@pytest.fixture(scope="module")
def exported(real: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fhir")
    fhir(real, folder, Losses())
    return folder


@pytest.fixture(scope="module")
def resources(exported: Path) -> Resources:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(exported.iterdir())}


# the small graph


def test_a_term_is_nested_once_and_names_all_its_parents(sources: Sources, tmp_path: Path) -> None:
    found, _ = written(source_of(TERMS, sources), tmp_path)
    system = found["CodeSystem-net-kg"]
    assert [concept["code"] for concept in system["concept"]] == ["Drug", "Grade", "Old", "Peptide", "Receptor"]
    (analogue,) = system["concept"][0]["concept"]
    (lanreotide,) = analogue["concept"]
    assert {key: value for key, value in lanreotide.items() if key != "property"} == {
        "code": "Lanreotide",
        "display": "lanreotide",
        "definition": "An <analogue>.",
        "designation": [{"language": "en", "value": "BIM 23014"}],
    }
    assert properties(lanreotide) == [
        ("parent", "Analogue"),
        ("parent", "Peptide"),
        ("status", "active"),
        ("comment", "Two forms."),
        ("kind", "class"),
        ("relatedSynonym", "Somatuline"),
        ("targets", "Receptor"),
    ]
    assert properties(system["concept"][2]) == [("status", "deprecated"), ("inactive", True), ("kind", "class"), ("IAO_0100001", "Lanreotide")]
    assert properties(system["concept"][1]["concept"][0]) == [("parent", "Grade"), ("status", "active"), ("kind", "value"), ("shortCode", "G1")]
    assert (system["count"], system["date"], system["version"]) == (8, "2026-01-01", "2026-01-01")


def test_value_sets_hold_branches_and_lists_without_what_is_deprecated(sources: Sources, tmp_path: Path) -> None:
    found, _ = written(source_of(TERMS, sources), tmp_path)
    members = {
        name: [concept["code"] for concept in resource["compose"]["include"][0].get("concept", [])]
        for name, resource in found.items()
        if name.startswith("ValueSet")
    }
    assert members == {
        "ValueSet-all": [],
        "ValueSet-drug": ["Analogue", "Drug", "Lanreotide"],
        "ValueSet-list-grade": ["GradeG1"],
        "ValueSet-receptor": ["Receptor"],
    }
    assert found["ValueSet-drug"]["compose"]["include"][0]["system"] == found["CodeSystem-net-kg"]["url"]


def test_what_has_no_place_is_named(sources: Sources, tmp_path: Path) -> None:
    _, losses = written(source_of(TERMS, sources), tmp_path)
    assert [(compress(loss.term), loss.axiom, loss.reason) for loss in losses] == [
        ("net:Lanreotide", "1 superclasses that are expressions", "a class expression; only relations of a term to a term have a place in a code system"),
        ("net:Lanreotide", "owl:disjointWith net:Old", "a code system has no place for it"),
        ("net:graph/data/trials", "3 statements", "records of the tables are no terms"),
        ("net:targets", "2 statements", "it is about no code of the code system"),
    ]


def test_terms_that_mean_the_same_are_not_nested_in_each_other(sources: Sources, tmp_path: Path) -> None:
    text = TERMS.replace("net:Analogue a owl:Class ;", "net:Analogue a owl:Class ; rdfs:subClassOf net:Twin ;") + (
        'g:ontology { net:Twin a owl:Class ; rdfs:label "twin"@en ; rdfs:subClassOf net:Analogue . }'
    )
    found, losses = written(source_of(text, sources), tmp_path)
    codes = [concept["code"] for concept in concepts(found["CodeSystem-net-kg"]["concept"])]
    assert {(compress(loss.term), loss.axiom) for loss in losses if loss.reason.startswith("the two mean the same")} == {
        ("net:Analogue", "rdfs:subClassOf net:Twin"),
        ("net:Twin", "rdfs:subClassOf net:Analogue"),
    }
    assert sorted(codes) == sorted(set(codes))
    assert {"Analogue", "Twin", "Lanreotide"} <= set(codes)


@pytest.mark.parametrize(
    ("predicate", "relationship", "comment"),
    [
        ("skos:exactMatch", "equivalent", None),
        ("skos:closeMatch", "related-to", "close, but not the same"),
        ("skos:relatedMatch", "related-to", "of another kind, but related"),
        ("skos:broadMatch", "source-is-narrower-than-target", "the target is broader"),
        ("skos:narrowMatch", "source-is-broader-than-target", "the target is narrower"),
    ],
)
def test_a_mapping_keeps_its_relation_justification_and_release(
    predicate: str, relationship: str, comment: str | None, sources: Sources, tmp_path: Path
) -> None:
    rest = '; sssom:object_label "Drug" ; sssom:object_source_version "2026" ; sssom:confidence "0.9"'
    found, _ = written(source_of(PROLOGUE + mapping("1", "obo:MONDO_0000001", rest, predicate=predicate), sources), tmp_path)
    (group,) = found["ConceptMap-net-kg-to-mondo"]["group"]
    assert (group["source"], group["target"]) == ("https://w3id.org/net-kg/ontology|2026-01-01", "http://purl.obolibrary.org/obo/mondo.owl")
    ((element,),) = [group["element"]]
    assert (element["code"], element["display"]) == ("A", "a")
    (target,) = element["target"]
    assert (target["code"], target["display"], target["relationship"], target.get("comment")) == ("MONDO:0000001", "Drug", relationship, comment)
    assert properties(target) == [("predicate", predicate), ("justification", "semapv:ManualMappingCuration"), ("release", "2026"), ("confidence", 0.9)]


# names of vocabularies


def test_every_vocabulary_has_an_address_of_its_own() -> None:
    systems = {prefix: system_of(prefix) for prefix in LOCAL_FORMS}
    assert len(set(systems.values())) == len(systems)
    assert all(re.fullmatch(r"https?://[^|# ]+[^/|# ]", system) for system in systems.values())


@pytest.mark.parametrize(
    "curie", ["NCIT:C3809", "MONDO:0019496", "HGNC:7010", "HP:0002014", "ATC:L01EG02", "ICDO:8240/3", "UMLS:C0206754", "SCTID:35868009", "UBERON:0001264"]
)
def test_our_own_reader_of_fhir_understands_what_we_write(curie: str) -> None:
    assert coded(system_of(curie.partition(":")[0]), code_of(curie)) == curie


# invariants of FHIR on the real graph


def test_names_identifiers_and_addresses_are_well_formed_and_unique(resources: Resources) -> None:
    for name, resource in resources.items():
        assert name == f"{resource['resourceType']}-{resource['id']}"
        assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", resource["id"])
        assert re.fullmatch(r"[A-Z]([A-Za-z0-9_]){1,254}", resource["name"]), "cnl-0"
        assert re.fullmatch(r"[^|# ]+", resource["url"]), "cnl-1"
    for key in ("url", "name", "title"):
        values = [resource[key] for resource in resources.values()]
        assert len(set(values)) == len(values)


def test_codes_are_unique_and_every_parent_is_a_code(resources: Resources, real: Source) -> None:
    system = resources["CodeSystem-net-kg"]
    found = list(concepts(system["concept"]))
    codes = {concept["code"] for concept in found}
    assert len(codes) == len(found) == system["count"], "csd-1"
    assert codes >= {iri.removeprefix(NET) for iri in real.terms.classes()}
    assert codes >= {iri.removeprefix(NET) for values in real.terms.codes.values() for iri in values.values()}
    declared = {prop["code"]: prop["type"] for prop in system["property"]}
    for concept in found:
        for prop in concept["property"]:
            kind = declared[prop["code"]]
            value = prop[f"value{kind.capitalize()}"]
            assert kind != "code" or value in codes or value in {"active", "deprecated", "class", "value"}


def test_the_hierarchy_is_that_of_the_graph(resources: Resources, real: Source) -> None:
    parents = {
        concept["code"]: {value for code, value in properties(concept) if code == "parent"} for concept in concepts(resources["CodeSystem-net-kg"]["concept"])
    }

    def above(code: str) -> set[str]:
        return {code}.union(*(above(parent) for parent in parents[code]))

    for iri in real.terms.classes():
        ours = {ancestor.removeprefix(NET) for ancestor in real.terms.ancestors(iri) if ancestor.startswith(NET)}
        assert above(iri.removeprefix(NET)) == ours


def test_value_sets_name_codes_of_the_code_system(resources: Resources) -> None:
    labels = {concept["code"]: concept["display"] for concept in concepts(resources["CodeSystem-net-kg"]["concept"])}
    sets = [resource for resource in resources.values() if resource["resourceType"] == "ValueSet"]
    assert len(sets) > 50
    for resource in sets:
        (include,) = resource["compose"]["include"]
        assert include["system"] == resources["CodeSystem-net-kg"]["url"], "vsd-1, vsd-2"
        assert not {"concept", "filter"} <= include.keys(), "vsd-3"
        listed = {concept["code"]: concept["display"] for concept in include.get("concept", [])}
        assert listed.items() <= labels.items()
        assert listed or resource["id"] == "all"


def test_every_mapping_stands_in_one_map(resources: Resources, real: Source) -> None:
    found = []
    for resource in resources.values():
        for group in resource.get("group", []):
            for element in group["element"]:
                found += [(element["code"], group["target"], target["code"], target["relationship"]) for target in element["target"]]
                assert all(target.get("comment") for target in element["target"] if target["relationship"] == "source-is-broader-than-target"), "cmd-1"
                assert "valueSet" not in element, "cmd-5"
    rows = mapping_rows(real)
    assert len(found) == len(set(found)) == len(rows)
    assert {(code, system, target) for code, system, target, _ in found} == {
        (row.subject_id.removeprefix("net:"), system_of(row.object_id.partition(":")[0]), code_of(row.object_id)) for row in rows
    }


def test_hl7_names_stand_for_vocabularies_that_we_know() -> None:
    assert set(HL7_SYSTEMS) <= set(LOCAL_FORMS)


# outside readers


def test_the_models_of_fhir_resources_read_them(exported: Path, resources: Resources, reader: Reader) -> None:
    found = reader("fhir_resources", *sorted(exported.iterdir()))
    assert set(found) == {f"{resource['resourceType']}/{resource['id']}" for resource in resources.values()}
    assert found["CodeSystem/net-kg"] == resources["CodeSystem-net-kg"]["count"]


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> str:
    return jars(tmp_path_factory.mktemp("hapi"), *(f"ca.uhn.hapi.fhir:{part}:{HAPI}" for part in HAPI_PARTS))


def test_hapi_validates_and_expands_them(exported: Path, resources: Resources, validator: str) -> None:
    program = Path(__file__).parent / "readers" / "FhirValidate.java"
    command = ["java", "-Xmx2g", "-cp", validator, str(program), *map(str, sorted(exported.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    findings = [line for line in lines if line[0] == "FINDING" and line[2] != "INFORMATION" and not ABSENT_VOCABULARY.fullmatch(line[4])]
    assert findings == []
    expansions = {line[1]: int(line[2]) for line in lines if line[0] == "EXPANSION"}
    sizes = {
        f"ValueSet/{resource['id']}": len(resource["compose"]["include"][0].get("concept", [])) or resources["CodeSystem-net-kg"]["count"]
        for resource in resources.values()
        if resource["resourceType"] == "ValueSet"
    }
    assert expansions == sizes
