"""The graph as files for other tools: one module per family of formats, one table that names them all."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.export.loss import Losses
from kg.export.source import Source

Writer = Callable[[Source, Path, Losses], None]
"""Writes a file, or fills a folder that is there and empty, and says what could not be carried."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format of the table.

    :param name: as in ``netkg export NAME``
    :param target: module and function that writes it
    :param suffix: of a file; empty when the format is a folder of files
    :param title: what it is, for people
    :param editions: whether it is an ontology, which comes in editions
    """

    name: str
    target: str
    suffix: str
    title: str
    editions: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether the format is several files."""
        return not self.suffix

    def writer(self) -> Writer:
        """Return the function that writes it; its libraries are loaded only now."""
        module, _, function = self.target.partition(":")
        found: Writer = getattr(importlib.import_module(module), function)
        return found


FORMATS = {
    entry.name: entry
    for entry in (
        Format("nt", "kg.export.rdf:ntriples", ".nt", "N-Triples: all statements, without their graphs"),
        Format("nq", "kg.export.rdf:nquads", ".nq", "N-Quads: all statements with their graphs"),
        Format("trig", "kg.export.rdf:trig", ".trig", "TriG: all statements with their graphs, to read"),
        Format("ttl", "kg.export.rdf:turtle", ".ttl", "Turtle: the ontology", editions=True),
        Format("owl", "kg.export.rdf:rdfxml", ".owl", "RDF/XML: the ontology, for Protégé, ROBOT and OLS", editions=True),
        Format("ofn", "kg.export.owl:functional_syntax", ".ofn", "OWL functional-style syntax: the ontology", editions=True),
        Format("omn", "kg.export.manchester:manchester", ".omn", "OWL Manchester syntax: the ontology, to read", editions=True),
        Format("owx", "kg.export.owl:owlxml", ".owx", "OWL/XML: the ontology", editions=True),
        Format("obo", "kg.export.obo:obo", ".obo", "OBO 1.4: the ontology's terms and relations, for OAK, pronto and ROBOT", editions=True),
        Format("obographs", "kg.export.obographs:obographs", ".obographs.json", "OBO Graphs: the ontology as nodes and edges, for OAK", editions=True),
        Format("csv", "kg.export.tables:csv_folder", "", "CSV: nodes and edges, for spreadsheets, pandas and R"),
        Format("parquet", "kg.export.tables:parquet_folder", "", "Parquet: nodes and edges, for pandas, polars, DuckDB and Spark"),
        Format("kgx", "kg.export.kgx:tsv", "", "KGX tables: nodes and edges in Biolink's terms, for knowledge-graph tools"),
        Format("kgx-jsonl", "kg.export.kgx:jsonl", "", "KGX JSON Lines: the same, one object a line"),
        Format("neo4j", "kg.export.neo4j:bulk_import", "", "CSV for Neo4j's bulk import, with the two lines that load it"),
        Format("graphml", "kg.export.graphml:graphml", ".graphml", "GraphML: nodes and edges, for Gephi, yEd and networkx"),
        Format("cx2", "kg.export.cx2:cx2", ".cx2", "CX2: nodes and edges, for Cytoscape"),
        Format("sssom", "kg.export.sssom:sssom", ".sssom.tsv", "SSSOM: the mappings to other vocabularies"),
        Format("fhir", "kg.export.fhir:fhir", "", "FHIR R5: code system, value sets and concept maps, for terminology servers"),
        Format("jsonld", "kg.export.jsonld:jsonld", ".jsonld", "JSON-LD: the curated records, for programs that know no RDF"),
        Format("vaspec", "kg.export.vaspec:vaspec", ".vaspec.json", "GA4GH VA-Spec: advice, decisions and trial results as statements with evidence"),
        Format("nanopub", "kg.export.nanopub:nanopub", ".nanopub.trig", "Nanopublications: one for each record, unsigned, in TriG"),
        Format("bibtex", "kg.export.citations:bibtex", ".bib", "BibTeX: the documents that are cited"),
        Format("csl", "kg.export.citations:csl", ".csl.json", "CSL-JSON: the documents that are cited"),
        Format("void", "kg.export.dataset:write_void", ".void.ttl", "VoID: statistics of the dataset, and where to get it"),
        Format("dcat", "kg.export.dataset:write_dcat", ".dcat.ttl", "DCAT: the dataset, its files and its endpoint, for catalogues"),
        Format("schemaorg", "kg.export.dataset:write_schemaorg", ".schemaorg.jsonld", "schema.org and Bioschemas: the dataset, for search engines"),
        Format("ols", "kg.export.dataset:write_ols", ".ols.json", "OLS: an entry of its configuration"),
        Format("bioportal", "kg.export.dataset:write_bioportal", ".bioportal.tsv", "BioPortal: the attributes of a submission"),
        Format("rocrate", "kg.export.dataset:write_rocrate", "-ro-crate-metadata.json", "RO-Crate: the metadata of a release"),
    )
}
"""Name → format."""
