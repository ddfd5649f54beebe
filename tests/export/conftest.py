"""A small graph that holds one of everything, and the real one."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

import kg
from kg.export.source import Edition, Source
from kg.settings import Sources
from kg.store import in_memory

SMALL = """
@prefix net: <https://w3id.org/net-kg/> .
@prefix g: <https://w3id.org/net-kg/graph/> .
@prefix d: <https://w3id.org/net-kg/graph/data/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix IAO: <http://purl.obolibrary.org/obo/IAO_> .
g:ontology {
  net:Drug a owl:Class ; rdfs:label "drug"@en .
  net:Agonist a owl:Class ; rdfs:label "agonist"@en ; rdfs:subClassOf net:Drug ; IAO:0000115 "One that \\"binds\\" & <acts>,\\nin two lines."@en ;
    rdfs:subClassOf [ a owl:Restriction ; owl:onProperty net:targets ; owl:someValuesFrom net:Receptor ] .
  net:Receptor a owl:Class ; rdfs:label "Rezeptor für Ω"@en ;
    skos:exactMatch <http://purl.obolibrary.org/obo/NCIT_C1> , <http://purl.obolibrary.org/obo/NCIT_C2> .
  net:targets a owl:ObjectProperty ; rdfs:label "targets"@en .
}
g:edges { net:Agonist net:targets net:Receptor . }
g:inferred { net:Agonist rdfs:subClassOf owl:Thing , net:Receptor , net:Drug . }
d:documents { <https://w3id.org/net-kg/document/a> a owl:NamedIndividual , net:Guideline ;
    rdfs:label "A & B: 50 % {of} all [a]"@en ; net:issued "2024-03"^^xsd:gYearMonth . }
d:recommendations { <https://w3id.org/net-kg/recommendation/R1> a owl:NamedIndividual , net:Recommendation ; rdfs:label "recommendation R1"@en ;
  net:therapy net:Agonist ; net:source <https://w3id.org/net-kg/document/a> ; net:population <https://w3id.org/net-kg/population/p-1> . }
d:populations { <https://w3id.org/net-kg/population/p-1> a owl:NamedIndividual , net:Population ; rdfs:label "any"@en ;
    net:alternative <https://w3id.org/net-kg/population/p-1/1> .
  <https://w3id.org/net-kg/population/p-1/1> a owl:NamedIndividual , net:PopulationAlternative ; rdfs:label "one"@en ; net:allows net:Drug . }
g:meta { net:dataset owl:versionInfo "2026-01-01" . }
"""


def source_of(text: str, sources: Sources, edition: Edition = Edition.INFERRED) -> Source:
    """Return a graph written in TriG as something to export."""
    return Source(kg.Graph(in_memory(ox.parse(text, ox.RdfFormat.TRIG)), sources), edition)


@pytest.fixture
def small(sources: Sources) -> Source:
    return source_of(SMALL, sources)


@pytest.fixture(scope="session")
def real(graph: kg.Graph) -> Source:
    return Source(graph)
