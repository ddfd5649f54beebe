"""The mapping table, in SSSOM form: our terms against other vocabularies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.errors import UnknownTermError
from kg.load.reader import CellError, read_lines, refuse_characters
from kg.load.report import Problem, Report
from kg.prefixes import NET, PREFIXES, expand
from kg.terms import Terms

MAPPINGS = "mappings.sssom.tsv"
VERIFIED = "verified-labels.tsv"
"""The list of mapped identifiers with where each was seen; it is made by ``scripts/verify-mappings`` and no table."""
HEADER = ("subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification", "object_source_version", "confidence", "comment")
PREDICATES = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch")
"""Relations between two things of one kind: what a code of another vocabulary means in ours."""
RELATED = "skos:relatedMatch"
"""The relation between things of different kinds, such as a gene and its protein, or a tumour and the syndrome it causes."""
JUSTIFICATIONS = ("semapv:ManualMappingCuration", "semapv:MappingReview", "semapv:LexicalMatching", "semapv:UnspecifiedMatching")

LOCAL_FORMS: dict[str, str] = {
    "NCIT": r"C[0-9]+",
    "MONDO": r"[0-9]{7}",
    "DOID": r"[0-9]+",
    "UBERON": r"[0-9]{7}",
    "CL": r"[0-9]{7}",
    "GO": r"[0-9]{7}",
    "PR": r"[A-Z0-9]+",
    "HP": r"[0-9]{7}",
    "CHEBI": r"[0-9]+",
    "EFO": r"[0-9]{7}",
    "MAXO": r"[0-9]{7}",
    "OBI": r"[0-9]{7}",
    "OGMS": r"[0-9]{7}",
    "HGNC": r"[0-9]+",
    "UniProtKB": r"[A-Z][A-Z0-9]{5}([A-Z0-9]{4})?",
    "DRUGBANK": r"DB[0-9]{5}",
    "CHEMBL.COMPOUND": r"CHEMBL[0-9]+",
    "CHEMBL.TARGET": r"CHEMBL[0-9]+",
    "RXNORM": r"[0-9]+",
    "UNII": r"[A-Z0-9]{10}",
    "ATC": r"[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?",
    "MESH": r"[CD][0-9]{6,9}",
    "UMLS": r"C[0-9]{7}",
    "Orphanet": r"[0-9]+",
    "ICDO": r"([0-9]{4}/[0-9]|C[0-9]{2}(\.[0-9])?)",
    "OMIM": r"[0-9]{6}",
    "icd11.foundation": r"[0-9]+",
    "ONCOTREE": r"[A-Z0-9_]+",
    "SCTID": r"[0-9]{6,18}",
    "ICD10CM": r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?",
    "MEDDRA": r"[0-9]{8}",
}
"""Vocabulary → form of its identifiers; a vocabulary without a form is refused."""

LABELLED = {"NCIT", "MONDO", "CL", "CHEBI", "PR", "OBI", "OGMS", "MAXO", "UniProtKB", "UBERON", "DOID", "HGNC", "DRUGBANK"}
"""Vocabularies whose licence lets us give labels beside their identifiers (see data/README.md)."""

PARTIAL = {"SCTID", "ICD10CM", "MEDDRA"}
"""Vocabularies of which only single codes are known: for another code of theirs a name may stand in."""


def read_mappings(path: Path, terms: Terms, report: Report) -> Iterator[ox.Triple]:
    """Yield one mapping triple per row, with an axiom annotation that carries its justification.

    Notes rows that are wrong, pairs that are mapped twice, and entities that are an exact match of two terms of one vocabulary.
    """
    taken: dict[tuple[str, str], tuple[str, int]] = {}
    before = len(report.problems)
    body = [(number, line) for number, line in enumerate(read_lines(path, report), start=1) if line and not line.startswith("#")]
    if not body or tuple(body[0][1].split("\t")) != HEADER:
        if len(report.problems) == before:
            report.add(Problem(str(path), body[0][0] if body else 1, "", "", "wrong header", " ".join(HEADER)))
        return
    for number, line in body[1:]:
        report.rows["mappings"] = report.rows.get("mappings", 0) + 1
        found = line.split("\t")
        if len(found) != len(HEADER):
            report.add(Problem(str(path), number, "", line[:40], f"{len(found)} cells", f"{len(HEADER)} cells"))
            continue
        cells = dict(zip(HEADER, found, strict=True))
        problem = _problem(path, number, cells, terms) or _clash(path, number, cells, taken)
        if problem is not None:
            report.add(problem)
            continue
        report.loaded["mappings"] = report.loaded.get("mappings", 0) + 1
        yield from _triples(cells)


def _problem(path: Path, number: int, cells: dict[str, str], terms: Terms) -> Problem | None:
    for column, value in cells.items():
        try:
            _check_cell(column, value, cells, terms)
        except CellError as error:
            return Problem(str(path), number, column, value, str(error), error.allowed)
    return None


def _check_cell(column: str, value: str, cells: dict[str, str], terms: Terms) -> None:
    """Refuse a cell that does not fit.

    :raises CellError: says what would
    """
    refuse_characters(value)
    match column:
        case "subject_id":
            _check_subject(value, terms)
        case "subject_label" if value != (label := terms.labels.get(expand(cells["subject_id"]), "")):
            raise CellError("not the label of the subject", label)
        case "predicate_id" if value not in (*PREDICATES, RELATED):
            raise CellError("not allowed", ", ".join((*PREDICATES, RELATED)))
        case "object_id":
            _check_object(value)
        case "object_label" if value and (prefix := cells["object_id"].partition(":")[0]) not in LABELLED:
            raise CellError(f"labels of {prefix} are not given: its licence", "nothing")
        case "comment" if not value and cells["predicate_id"] == RELATED:
            raise CellError("missing", "how the two are related")
        case "mapping_justification" if value not in JUSTIFICATIONS:
            raise CellError("not allowed", ", ".join(JUSTIFICATIONS))
        case "confidence" if not re.fullmatch(r"(0(\.[0-9]{1,3})?|1(\.0{1,3})?)?", value):
            raise CellError("not a number in range", "0 to 1, or nothing")


def _check_subject(value: str, terms: Terms) -> None:
    try:
        iri = terms.resolve(value)
    except UnknownTermError as error:
        raise CellError(error.message, error.hint) from error
    if value != f"net:{iri.removeprefix(NET)}":
        raise CellError("not a CURIE of ours", f"net:{iri.removeprefix(NET)}")


def _check_object(value: str) -> None:
    prefix, colon, local = value.partition(":")
    if not colon or prefix not in LOCAL_FORMS:
        raise CellError("malformed CURIE or unknown vocabulary", ", ".join(LOCAL_FORMS))
    if not re.fullmatch(LOCAL_FORMS[prefix], local):
        raise CellError(f"not well formed for {prefix}", LOCAL_FORMS[prefix])


def _clash(path: Path, number: int, cells: dict[str, str], taken: dict[tuple[str, str], tuple[str, int]]) -> Problem | None:
    """Refuse a second mapping of one pair, and two exact matches of one entity into one vocabulary, in either direction."""
    subject, target = cells["subject_id"], cells["object_id"]
    if (subject, target) in taken:
        predicate, other_line = taken[subject, target]
        return Problem(str(path), number, "object_id", target, f"{subject} is already mapped to it, as {predicate} in line {other_line}")
    keys = {}
    if cells["predicate_id"] == "skos:exactMatch":
        keys = {(subject, target.partition(":")[0] + ":"): target, (target, ""): subject}
    for key in keys:
        if key in taken:
            first, other_line = taken[key]
            return Problem(str(path), number, "object_id", target, f"{key[0]} is already an exact match of {first} in line {other_line}")
    taken[subject, target] = (cells["predicate_id"], number)
    taken.update({key: (other, number) for key, other in keys.items()})
    return None


def _triples(cells: dict[str, str]) -> Iterator[ox.Triple]:
    node = ox.NamedNode
    subject, predicate, target = (node(expand(cells[name])) for name in ("subject_id", "predicate_id", "object_id"))
    yield ox.Triple(subject, predicate, target)
    axiom = node(f"{PREFIXES['net']}mapping/{cells['subject_id'].partition(':')[2]}-{cells['object_id'].replace(':', '-').replace('/', '-')}")
    owl, rdf, sssom = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["sssom"]
    yield ox.Triple(axiom, node(rdf + "type"), node(owl + "Axiom"))
    yield ox.Triple(axiom, node(owl + "annotatedSource"), subject)
    yield ox.Triple(axiom, node(owl + "annotatedProperty"), predicate)
    yield ox.Triple(axiom, node(owl + "annotatedTarget"), target)
    yield ox.Triple(axiom, node(sssom + "mapping_justification"), node(expand(cells["mapping_justification"])))
    for column in ("object_label", "object_source_version", "confidence", "comment"):
        if cells[column]:
            yield ox.Triple(axiom, node(sssom + column), ox.Literal(cells[column]))
