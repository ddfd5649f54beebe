"""The whole quality control: tables, ontology, reasoner, graph, shapes, queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.build import Inputs, assemble, read_inputs, reason
from kg.check.rules import Finding, findings, read_rules
from kg.check.shapes import SHAPES, can_check_shapes, concerned, misshapen
from kg.check.vocabularies import taken_labels, unknown_terms
from kg.errors import DataError, NetKGError
from kg.graph import Graph
from kg.load.load import Loaded, populations_of, quads
from kg.load.mappings import MAPPINGS
from kg.prefixes import NET, ONTOLOGY_IRI, compress, expand
from kg.reason.hermit import Classification, profile_violations
from kg.settings import Sources
from kg.store import in_memory
from kg.terms import Terms

RELEASED = "released-terms.txt"
"""Beside the ontology: every identifier that was ever released, one per line."""


def check(sources: Sources, inputs: Inputs | None = None) -> Iterator[Finding]:
    """Yield everything that is wrong with the sources; nothing when all is well.

    :param inputs: what was read already, bad rows left out
    :raises ReasonerError: when HermiT cannot be run
    """
    try:
        inputs = inputs or read_inputs(sources, lenient=True)
    except DataError as error:
        yield Finding("readable", "ERROR", error.where, error.message)
        return
    for problem in inputs.loaded.report.problems:
        yield Finding("table", "ERROR", f"{problem.file}:{problem.line}", str(problem), problem)
    yield from lost_terms(sources.ontology.parent / RELEASED, inputs.terms)
    yield from unknown_terms(inputs.terms)
    yield from taken_labels(inputs.terms)
    yield from other_licences(sources, inputs.ontology)
    yield from (Finding("profile", "ERROR", "ontology/net.owl", text) for text in profile_violations(inputs.ontology))
    try:
        statements, _, classification = assemble(sources, lenient=True, inputs=inputs)
    except DataError as error:
        yield Finding("reasoner", "ERROR", error.where, error.message)
        yield from inconsistent_tables(inputs)
        return
    yield from unasserted_equivalences(classification)
    store = in_memory(statements)
    for rule in read_rules():
        yield from findings(store, rule)
    if can_check_shapes():
        try:
            yield from misshapen(concerned(statements), sources.ontology.parent / SHAPES)
        except DataError as error:
            yield Finding("readable", "ERROR", error.where, error.message)
    yield from idle_queries(Graph(store, sources))


def lost_terms(path: Path, terms: Terms) -> Iterator[Finding]:
    """Yield identifiers that were released and are neither there nor deprecated."""
    try:
        released = path.read_text(encoding="utf-8").split()
    except OSError as error:
        yield Finding("released-terms", "ERROR", str(path), error.strerror or "cannot be read")
        return
    for iri in released:
        if iri not in terms.kinds:
            yield Finding("released-terms", "ERROR", iri, "a released identifier has disappeared; deprecate it instead")


def other_licences(sources: Sources, ontology: list[ox.Triple]) -> Iterator[Finding]:
    """Yield files that name another licence than the header of the ontology; one that is not there is passed over."""
    header = ox.NamedNode(ONTOLOGY_IRI)
    own = {str(triple.object).strip("<>") for triple in ontology if triple.subject == header and triple.predicate.value == expand("dcterms:license")}
    for path, pattern in ((sources.root / "LICENSE-DATA", r"^Summary: +(\S+)$"), (sources.data / MAPPINGS, r"^#license: +(\S+)$")):
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        for licence in sorted(set(re.findall(pattern, text, re.MULTILINE)) - own):
            yield Finding("licence-files", "ERROR", str(path), f"{licence} is not the licence of the header")


def unasserted_equivalences(classification: Classification) -> Iterator[Finding]:
    """Yield sets of named classes that the reasoner finds equal."""
    for names in classification.equivalent:
        yield Finding("equivalence", "ERROR", compress(names[0]), f"has the same meaning as {', '.join(map(compress, names[1:]))}")


def idle_queries(graph: Graph) -> Iterator[Finding]:
    """Yield stored queries that fail, or give fewer rows or other columns than their header promises."""
    try:
        catalogue = graph.queries
    except DataError as error:
        yield Finding("query", "ERROR", error.where, error.message)
        return
    for stored in catalogue.values():
        for name in sorted(set(re.findall(r"\bnet:([A-Za-z][A-Za-z0-9]*)", stored.sparql))):
            if NET + name not in graph.terms.kinds:
                yield Finding("query", "ERROR", stored.name, f"net:{name} is not in the ontology")
        try:
            result = graph.query(stored.name)
        except NetKGError as error:
            yield Finding("query", "ERROR", stored.name, error.message)
            continue
        if len(result) < stored.min_rows:
            yield Finding("query", "ERROR", stored.name, f"{len(result)} rows, {stored.min_rows} expected at least")
        if result.columns != tuple(stored.columns):
            yield Finding("query", "ERROR", stored.name, f"columns {', '.join(result.columns)} differ from the header")


def inconsistent_tables(inputs: Inputs) -> Iterator[Finding]:
    """Yield the tables that, each by itself with the ontology, contradict it."""
    ontology, terms, loaded = inputs.ontology, inputs.terms, inputs.loaded
    try:
        reason(ontology, [], Loaded({}, {}, [], loaded.report), terms)
    except DataError:
        return  # the ontology itself is at fault
    for name, rows in loaded.rows.items():
        alone = Loaded({name: rows}, populations_of(rows), [], loaded.report)
        try:
            reason(ontology, list(quads(alone, terms)), alone, terms)
        except DataError as error:
            yield Finding("reasoner", "ERROR", f"{name}.tsv", error.message)


__all__ = ["Finding", "check", "idle_queries", "inconsistent_tables", "lost_terms", "other_licences", "unasserted_equivalences"]
