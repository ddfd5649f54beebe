"""The one prefix map of the project."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curies import Converter

NET = "https://w3id.org/net-kg/"
ONTOLOGY_IRI = NET + "ontology"
GRAPH = NET + "graph/"

PREFIXES: dict[str, str] = {
    "net": NET,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "void": "http://rdfs.org/ns/void#",
    "void-ext": "http://ldf.fi/void-ext#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "spdx": "http://spdx.org/rdf/terms#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "vann": "http://purl.org/vocab/vann/",
    "schema": "https://schema.org/",
    "bibo": "http://purl.org/ontology/bibo/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sssom": "https://w3id.org/sssom/",
    "BFO": "http://purl.obolibrary.org/obo/BFO_",
    "RO": "http://purl.obolibrary.org/obo/RO_",
    "IAO": "http://purl.obolibrary.org/obo/IAO_",
    "OMO": "http://purl.obolibrary.org/obo/OMO_",
    "OGMS": "http://purl.obolibrary.org/obo/OGMS_",
    "OBI": "http://purl.obolibrary.org/obo/OBI_",
    "ECO": "http://purl.obolibrary.org/obo/ECO_",
    "SEPIO": "http://purl.obolibrary.org/obo/SEPIO_",
    "MAXO": "http://purl.obolibrary.org/obo/MAXO_",
    "MONDO": "http://purl.obolibrary.org/obo/MONDO_",
    "DOID": "http://purl.obolibrary.org/obo/DOID_",
    "NCIT": "http://purl.obolibrary.org/obo/NCIT_",
    "UBERON": "http://purl.obolibrary.org/obo/UBERON_",
    "CL": "http://purl.obolibrary.org/obo/CL_",
    "GO": "http://purl.obolibrary.org/obo/GO_",
    "PR": "http://purl.obolibrary.org/obo/PR_",
    "HP": "http://purl.obolibrary.org/obo/HP_",
    "CHEBI": "http://purl.obolibrary.org/obo/CHEBI_",
    "EFO": "http://www.ebi.ac.uk/efo/EFO_",
    "HGNC": "http://identifiers.org/hgnc/",
    "UniProtKB": "http://purl.uniprot.org/uniprot/",
    "DRUGBANK": "http://identifiers.org/drugbank/",
    "CHEMBL.COMPOUND": "http://identifiers.org/chembl.compound/",
    "CHEMBL.TARGET": "http://identifiers.org/chembl.target/",
    "RXNORM": "http://identifiers.org/rxnorm/",
    "UNII": "http://identifiers.org/unii/",
    "ATC": "http://identifiers.org/atc/",
    "MESH": "http://identifiers.org/mesh/",
    "UMLS": "http://identifiers.org/umls/",
    "Orphanet": "http://www.orpha.net/ORDO/Orphanet_",
    "ONCOTREE": "http://identifiers.org/oncotree/",
    "ICDO": "http://identifiers.org/icdo/",
    "OMIM": "http://identifiers.org/mim/",
    "DrugCentral": "http://identifiers.org/drugcentral/",
    "GTOPDB": "http://identifiers.org/iuphar.receptor/",
    "LOINC": "http://identifiers.org/loinc/",
    "SCTID": "http://identifiers.org/snomedct/",
    "icd11.foundation": "http://identifiers.org/icd11.foundation/",
    "MEDDRA": "http://identifiers.org/meddra/",
    "ICD10CM": "http://purl.bioontology.org/ontology/ICD10CM/",
    "PMID": "https://pubmed.ncbi.nlm.nih.gov/",
    "DOI": "https://doi.org/",
    "NCT": "https://clinicaltrials.gov/study/",
    "ORCID": "https://orcid.org/",
}


@cache
def converter() -> Converter:
    """Return the converter between CURIEs and IRIs (imported late: it is slow to load)."""
    from curies import Converter

    return Converter.from_prefix_map(PREFIXES)


def expand(curie: str) -> str:
    """Return the IRI of a CURIE.

    :raises ValueError: when the prefix is not in :data:`PREFIXES`

    >>> expand("net:Everolimus")
    'https://w3id.org/net-kg/Everolimus'
    """
    prefix, colon, local = curie.partition(":")
    if not colon or prefix not in PREFIXES:
        raise ValueError(f"unknown prefix in {curie!r}")
    return PREFIXES[prefix] + local


def compress(iri: str) -> str:
    """Return the CURIE of an IRI, or the IRI itself where no prefix fits.

    >>> compress("https://w3id.org/net-kg/Everolimus")
    'net:Everolimus'
    """
    if iri.startswith(NET):
        return "net:" + iri[len(NET) :]
    return converter().compress(iri) or iri


def sparql_prologue() -> str:
    """Return PREFIX lines for all prefixes whose names SPARQL allows."""
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
