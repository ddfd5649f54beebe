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
    """

    name: str
    target: str
    suffix: str
    title: str

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
        Format("ttl", "kg.export.rdf:turtle", ".ttl", "Turtle: the ontology"),
        Format("owl", "kg.export.rdf:rdfxml", ".owl", "RDF/XML: the ontology, for Protégé, ROBOT and OLS"),
        Format("csv", "kg.export.tables:csv_folder", "", "CSV: nodes and edges, for spreadsheets, pandas and R"),
        Format("parquet", "kg.export.tables:parquet_folder", "", "Parquet: nodes and edges, for pandas, polars, DuckDB and Spark"),
        Format("graphml", "kg.export.graphml:graphml", ".graphml", "GraphML: nodes and edges, for Gephi, yEd and networkx"),
        Format("cx2", "kg.export.cx2:cx2", ".cx2", "CX2: nodes and edges, for Cytoscape"),
        Format("sssom", "kg.export.sssom:sssom", ".sssom.tsv", "SSSOM: the mappings to other vocabularies"),
        Format("bibtex", "kg.export.citations:bibtex", ".bib", "BibTeX: the documents that are cited"),
        Format("csl", "kg.export.citations:csl", ".csl.json", "CSL-JSON: the documents that are cited"),
    )
}
"""Name → format."""
