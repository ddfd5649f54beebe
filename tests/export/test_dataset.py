"""Descriptions of the dataset: VoID, DCAT, schema.org, RO-Crate, OLS, BioPortal."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, VOID

from kg.describe.void import DATASET
from kg.export import FORMATS
from kg.export.artefacts import MEDIA_TYPES, Artefact, File, archive, artefacts, measured, media_type
from kg.export.dataset import DESCRIPTIONS
from kg.export.dataset.about import KEYWORDS, LICENCE, Publication, about
from kg.export.loss import Losses
from kg.export.source import Edition, Source
from kg.prefixes import NET, PREFIXES
from kg.settings import Sources
from tests.export.conftest import SMALL, Reader, source_of

HEADED = """
@prefix net: <https://w3id.org/net-kg/> . @prefix g: <https://w3id.org/net-kg/graph/> . @prefix d: <https://w3id.org/net-kg/graph/data/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dcterms: <http://purl.org/dc/terms/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix schema: <https://schema.org/> .
g:ontology { net:ontology a owl:Ontology ; dcterms:title "Ein „Titel“ & <mehr>"@en ; dcterms:description "What it is."@en ;
  dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> ; dcterms:issued "2026-01-02"^^xsd:date ; dcterms:created "2025-01-01"^^xsd:date ;
  dcterms:modified "2026-01-03"^^xsd:date ; dcterms:creator "B" , "A" ; dcterms:publisher "P" ; dcterms:bibliographicCitation "Cite it." ;
  dcterms:source net:document\\/a ; schema:includedInDataCatalog <https://w3id.org/net-kg/> ; owl:versionIRI <https://w3id.org/net-kg/ontology/2026-01-02> .
  net:PFS rdfs:label "progression-free survival (endpoint)"@en . }
g:meta { net:dataset owl:versionInfo "2026-01-02" ; dcterms:source net:ontology . }
d:evidence { net:evidence\\/E1 net:endpoint net:PFS . }
"""
FILES = (
    File("net-kg.nq", "nq", "all of it", "application/n-quads", "", 12, "a" * 64),
    File("net-kg-csv.zip", "csv", "tables", "application/zip", "", 0, "b" * 64),
    File("net-kg.owl", "owl", "the ontology", "application/rdf+xml", "inferred", 7, "c" * 64),
    File("net-kg.obo", "obo", "the ontology", "text/obo", "", 7, "d" * 64),
)
HERE = Publication("https://example.org/x/", FILES, "https://example.org/sparql", "https://example.org/")


@pytest.fixture
def headed(sources: Sources) -> Source:
    return source_of(HEADED, sources)


def said(name: str, source: Source, publication: Publication = HERE) -> bytes:
    return DESCRIPTIONS[name](source, about(source.graph), publication)


def alone(name: str, source: Source, folder: Path) -> Path:
    losses = Losses()
    path = folder / f"alone-{name}"
    FORMATS[name].writer()(source, path, losses)
    assert not len(losses)
    return path


def data_files() -> list[Artefact]:
    return [artefact for artefact in artefacts() if artefact.entry.name not in DESCRIPTIONS]


def test_the_header_is_read_from_the_graph(headed: Source) -> None:
    facts = about(headed.graph)
    assert facts == replace(
        facts,
        title="Ein „Titel“ & <mehr>",
        description="What it is.",
        version="2026-01-02",
        version_iri=f"{NET}ontology/2026-01-02",
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
        created="2025-01-01",
        issued="2026-01-02",
        modified="2026-01-03",
        creators=("A", "B"),
        publisher="P",
        citation="Cite it.",
        sources=(f"{NET}document/a",),
        catalogues=(NET,),
        variables=("progression-free survival",),
    )


def test_what_a_graph_does_not_say_is_left_out_or_has_a_plain_default(sources: Sources) -> None:
    facts = about(source_of("", sources).graph)
    assert (facts.version, facts.licence, facts.issued, facts.sources) == ("unknown", LICENCE, "", ())
    described = json.loads(said("schemaorg", source_of("", sources)))
    assert all(described[name] for name in ("description", "identifier", "keywords", "license", "name", "url"))
    assert "datePublished" not in described


def test_the_licence_and_the_keywords_are_those_that_the_project_tells(real: Source) -> None:
    citation = yaml.safe_load((real.graph.sources.root / "CITATION.cff").read_text(encoding="utf-8"))
    assert set(KEYWORDS) == set(citation["keywords"])
    facts = about(real.graph)
    assert facts.licence == LICENCE
    assert LICENCE in (real.graph.sources.root / "LICENSE-DATA").read_text(encoding="utf-8")


# -- DCAT ------------------------------------------------------------------------------------------------------------


def test_dcat_has_a_distribution_for_each_file_with_size_checksum_and_kind(headed: Source) -> None:
    graph = rdflib.Graph().parse(data=said("dcat", headed), format="turtle")
    dataset = rdflib.URIRef(DATASET.value)
    assert (dataset, RDF.type, DCAT.Dataset) in graph
    assert {str(value) for value in graph.objects(dataset, DCTERMS.license)} == {"https://creativecommons.org/publicdomain/zero/1.0/"}
    (publisher,) = graph.objects(dataset, DCTERMS.publisher)
    assert graph.value(publisher, FOAF.name) == rdflib.Literal("P")
    spdx = rdflib.Namespace(PREFIXES["spdx"])
    found = {}
    for distribution in graph.objects(dataset, DCAT.distribution):
        checksum = graph.value(distribution, spdx.checksum)
        assert graph.value(checksum, spdx.algorithm) == spdx.checksumAlgorithm_sha256
        kind = graph.value(distribution, DCAT.mediaType) or graph.value(distribution, DCAT.packageFormat) or graph.value(distribution, DCTERMS["format"])
        found[str(graph.value(distribution, DCAT.downloadURL))] = (
            graph.value(distribution, DCAT.byteSize).toPython(),  # type: ignore[union-attr] # there is one
            graph.value(checksum, spdx.checksumValue).toPython().hex(),  # type: ignore[union-attr] # there is one
            str(kind),
        )
    registered = "https://www.iana.org/assignments/media-types/"
    assert found == {
        "https://example.org/x/net-kg.nq": (12, "a" * 64, f"{registered}application/n-quads"),
        "https://example.org/x/net-kg-csv.zip": (0, "b" * 64, f"{registered}application/zip"),
        "https://example.org/x/net-kg.owl": (7, "c" * 64, f"{registered}application/rdf+xml"),
        "https://example.org/x/net-kg.obo": (7, "d" * 64, "text/obo"),
    }


def test_dcat_names_the_endpoint(headed: Source) -> None:
    graph = rdflib.Graph().parse(data=said("dcat", headed), format="turtle")
    (service,) = graph.subjects(RDF.type, DCAT.DataService)
    assert graph.value(service, DCAT.endpointURL) == rdflib.URIRef("https://example.org/sparql")
    assert graph.value(service, DCAT.servesDataset) == rdflib.URIRef(DATASET.value)


def test_dcat_alone_names_the_files_of_the_release_without_sizes(small: Source, tmp_path: Path) -> None:
    graph = rdflib.Graph().parse(alone("dcat", small, tmp_path), format="turtle")
    assert {str(address) for address in graph.objects(None, DCAT.downloadURL)} == {f"{NET}release/2026-01-01/{artefact.name}" for artefact in data_files()}
    assert not set(graph.objects(None, DCAT.byteSize))


# -- VoID ------------------------------------------------------------------------------------------------------------


def test_void_holds_what_the_store_says_with_endpoint_and_one_dump_for_each_file_of_rdf(real: Source) -> None:
    quads = {quad.triple for quad in ox.parse(said("void", real), format=ox.RdfFormat.TURTLE)}
    for name in ("void", "meta"):
        answer = real.graph.sparql(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{NET}graph/{name}> {{ ?s ?p ?o }} }}")
        assert isinstance(answer, list)
        assert set(answer) <= quads
    graph = rdflib.Graph().parse(data=said("void", real), format="turtle")
    dataset = rdflib.URIRef(DATASET.value)
    assert {str(dump) for dump in graph.objects(dataset, VOID.dataDump)} == {"https://example.org/x/net-kg.nq", "https://example.org/x/net-kg.owl"}
    assert {str(endpoint) for endpoint in graph.objects(dataset, VOID.sparqlEndpoint)} == {"https://example.org/sparql"}
    assert graph.value(dataset, VOID.triples).toPython() == sum(1 for _ in real.quads())  # type: ignore[union-attr] # there is one


def test_void_of_a_graph_without_statistics_counts_it(headed: Source) -> None:
    graph = rdflib.Graph().parse(data=said("void", headed), format="turtle")
    count = sum(1 for _ in headed.quads())
    parts = [graph.value(rdflib.URIRef(f"{NET}graph/{name}"), VOID.triples) for name in ("ontology", "meta", "data/evidence")]
    assert sum(int(str(part)) for part in parts) == count


# -- schema.org ------------------------------------------------------------------------------------------------------


def test_schema_org_has_every_property_that_bioschemas_requires_and_recommends(real: Source) -> None:
    described = json.loads(said("schemaorg", real))
    required = {"description", "identifier", "keywords", "license", "name", "url"}
    recommended = {"alternateName", "citation", "creator", "datePublished", "distribution", "includedInDataCatalog", "isBasedOn", "measurementTechnique"}
    recommended |= {"variableMeasured", "version", "sameAs"}
    assert all(described.get(name) for name in required | recommended)
    assert 50 <= len(described["description"]) <= 5000, "what Google's Dataset Search takes"
    assert "progression-free survival" in described["variableMeasured"]
    assert described["distribution"][0] == {
        "@type": "DataDownload",
        "name": "net-kg.nq",
        "description": "all of it",
        "encodingFormat": "application/n-quads",
        "contentUrl": "https://example.org/x/net-kg.nq",
        "contentSize": "12 B",
        "sha256": "a" * 64,
    }


# -- RO-Crate --------------------------------------------------------------------------------------------------------


def entities(text: bytes) -> dict[str, dict[str, Any]]:
    return {entity["@id"]: entity for entity in json.loads(text)["@graph"]}


def test_every_entity_of_a_crate_that_is_named_is_described(headed: Source) -> None:
    for publication in (HERE, replace(HERE, base="")):
        found = entities(said("rocrate", headed, publication))
        named = {value["@id"] for entity in found.values() for values in entity.values() for value in (values if isinstance(values, list) else [values])
                 if isinstance(value, dict)}  # fmt: skip
        assert named - set(found) == {"https://w3id.org/ro/crate/1.2"}
        root = publication.base or "./"
        assert found["ro-crate-metadata.json"]["about"] == {"@id": root}
        assert [part["@id"] for part in found[root]["hasPart"]] == [f"{publication.base}{file.name}" for file in FILES]
        assert all(found[root][name] for name in ("name", "description", "datePublished", "license"))


def test_a_name_that_is_no_address_is_encoded(headed: Source) -> None:
    found = entities(said("rocrate", headed, Publication("", (replace(FILES[0], name="a b/ü.nq"),))))
    assert "a%20b/%C3%BC.nq" in found


def test_the_rocrate_library_opens_a_crate_alone(small: Source, tmp_path: Path, reader: Reader) -> None:
    path = alone("rocrate", small, tmp_path).rename(tmp_path / "net-kg-ro-crate-metadata.json")
    crate = {"version": "1.2", "files": len(data_files()), "missing": [], "name": "NET-KG 2026-01-01", "licence": LICENCE}
    assert reader("crates", path) == {"crates": [crate]}


# -- portals ---------------------------------------------------------------------------------------------------------


def test_ols_finds_the_ontology_under_the_address_of_its_file(headed: Source) -> None:
    (entry,) = json.loads(said("ols", headed))["ontologies"]
    assert entry["ontology_purl"] == "https://example.org/x/net-kg.owl"
    assert (entry["uri"], entry["base_uri"]) == (f"{NET}ontology", [NET])
    assert entry["id"] == entry["id"].lower()
    assert len(entry["id"]) >= 5
    assert entry["definition_property"] == ["http://purl.obolibrary.org/obo/IAO_0000115"]


def test_the_properties_that_portals_are_told_of_are_those_that_terms_have(real: Source) -> None:
    (entry,) = json.loads(said("ols", real))["ontologies"]
    used = {triple.predicate.value for triple in real.ontology()}
    for name in ("definition_property", "synonym_property"):
        assert set(entry[name]) <= used
    assert entry["label_property"] in used


def test_bioportal_has_what_a_submission_wants(headed: Source) -> None:
    rows = list(csv.DictReader(io.StringIO(said("bioportal", headed).decode()), delimiter="\t"))
    sheet = {row["attribute"]: row["value"] for row in rows}
    assert len(sheet) == len(rows)
    assert sheet["hasOntologyLanguage"] == "OWL"
    assert (sheet["version"], sheet["released"], sheet["hasCreator"]) == ("2026-01-02", "2026-01-02", "A; B")
    assert sheet["versionIRI"] != sheet["URI"], "BioPortal refuses two that are the same"
    assert sheet["pullLocation"] == "https://example.org/x/net-kg.owl"
    assert [row["attribute"] for row in rows if not row["value"] and not row["note"]] == ["dataDump"]


# -- files -----------------------------------------------------------------------------------------------------------


def test_every_format_has_a_name_of_its_own_that_says_its_kind() -> None:
    names = [artefact.name for artefact in artefacts()]
    assert len(set(names)) == len(names)
    assert {artefact.file.media_type for artefact in artefacts()} <= set(MEDIA_TYPES.values())
    assert {"net-kg.nq", "net-kg.trig", "net-kg-base.owl", "net-kg.owl", "net-kg-full.owl", "net-kg-csv.zip", "net-kg.sssom.tsv"} <= set(names)
    assert media_type("SHA256SUMS.txt") == "text/plain"


def test_an_archive_depends_on_nothing_but_its_files(small: Source, tmp_path: Path) -> None:
    artefact = Artefact(FORMATS["csv"])
    for name in ("one", "two"):
        artefact.write(small.graph, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with zipfile.ZipFile(tmp_path / "one") as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["attributes.csv", "edges.csv", "nodes.csv"]
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?", fullmatch=True), st.binary(max_size=50), max_size=4))
def test_an_archive_gives_its_files_back(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    root = tmp_path_factory.mktemp("archive")
    kept = {name.replace("/", "-dir/"): content for name, content in files.items()}
    for name, content in kept.items():
        (root / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "in" / name).write_bytes(content)
    archive([root / "in" / name for name in kept], root / "in", root / "out.zip")
    with zipfile.ZipFile(root / "out.zip") as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == kept
    assert measured(root / "out.zip", FILES[0]).size == (root / "out.zip").stat().st_size


def test_an_edition_is_written_as_asked(sources: Sources, tmp_path: Path) -> None:
    source = source_of(SMALL, sources)
    sizes = []
    for edition in Edition:
        Artefact(FORMATS["ttl"], edition).write(source.graph, tmp_path / edition)
        sizes.append(len(rdflib.Graph().parse(tmp_path / edition, format="turtle")))
    assert sizes == sorted(set(sizes))
