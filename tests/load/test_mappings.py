"""The mapping table: what its rows become, and each way in which a row is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import TableError
from kg.load.load import load
from kg.load.mappings import HEADER, JUSTIFICATIONS, LOCAL_FORMS, MAPPINGS, PREDICATES, read_mappings
from kg.load.report import Report
from kg.prefixes import NET, PREFIXES, expand
from kg.settings import Sources
from kg.terms import Terms
from tests.small import replace_cell

FIRST = 3  # after a comment and the header


def read(folder: Path, terms: Terms) -> tuple[list[ox.Triple], Report]:
    report = Report()
    return list(read_mappings(folder / MAPPINGS, terms, report)), report


def edited(folder: Path, change: Callable[[bytes], bytes]) -> None:
    path = folder / MAPPINGS
    path.write_bytes(change(path.read_bytes()))


def test_a_row_becomes_a_triple_and_an_annotation_that_carries_its_justification(tables: Path, terms: Terms) -> None:
    found, report = read(tables, terms)
    node = ox.NamedNode
    subject, close, target = node(NET + "Lanreotide"), node(PREFIXES["skos"] + "closeMatch"), node(expand("NCIT:C61808"))
    axiom = node(NET + "mapping/Lanreotide-NCIT-C61808")
    assert ox.Triple(subject, close, target) in found
    assert {(triple.predicate.value.rpartition("#")[2].rpartition("/")[2], triple.object) for triple in found if triple.subject == axiom} == {
        ("type", node(PREFIXES["owl"] + "Axiom")),
        ("annotatedSource", subject),
        ("annotatedProperty", close),
        ("annotatedTarget", target),
        ("mapping_justification", node(expand("semapv:ManualMappingCuration"))),
        ("comment", ox.Literal("the salt")),
    }
    assert report.rows["mappings"] == report.loaded["mappings"] == 3


@pytest.mark.parametrize(
    ("column", "value", "message", "allowed"),
    [
        ("subject_id", "net:Everolimuss", "no class is called 'net:Everolimuss'", "everolimus"),
        ("subject_id", "", "no class is called ''", ""),
        ("subject_id", "Everolimus", "", "net:"),
        ("subject_id", "everolimus", "", "net:"),
        ("subject_id", NET + "Everolimus", "", "net:"),
        ("subject_label", "Everolimus", "not the label of the subject", "everolimus"),
        ("subject_label", "", "not the label of the subject", "everolimus"),
        ("predicate_id", "skos:exactmatch", "not allowed", "skos:exactMatch, skos:closeMatch"),
        ("predicate_id", "owl:sameAs", "not allowed", ", ".join(PREDICATES)),
        ("object_id", "CHEBI68478", "malformed CURIE or unknown vocabulary", "NCIT, MONDO"),
        ("object_id", "FOO:1", "malformed CURIE or unknown vocabulary", "NCIT, MONDO"),
        ("object_id", ":68478", "malformed CURIE", "NCIT, MONDO"),
        ("object_id", "CHEBI:", "not well formed for CHEBI", "[0-9]+"),
        ("object_id", "CHEBI:CHEBI_68478", "not well formed for CHEBI", "[0-9]+"),
        ("object_id", "MONDO:123", "not well formed for MONDO", "[0-9]{7}"),
        ("object_id", "ICDO:8240", "not well formed for ICDO", "[0-9]{4}/[0-9]"),
        ("object_id", "http://purl.obolibrary.org/obo/CHEBI_68478", "malformed CURIE or unknown vocabulary", "NCIT"),
        ("mapping_justification", "", "not allowed", ", ".join(JUSTIFICATIONS)),
        ("mapping_justification", "semapv:Guess", "not allowed", "semapv:MappingReview"),
        ("confidence", "high", "not a number", "0 to 1"),
        ("object_id", "SCTID:12", "not well formed for SCTID", "[0-9]{6,18}"),
        ("object_id", "ICD10CM:C7A.", "not well formed for ICD10CM", "[A-Z]"),
        ("comment", "a\x00b", "control character", ""),
        ("comment", " a", "blank", ""),
    ],
)
def test_a_wrong_cell_is_named_with_line_column_value_and_what_is_allowed(
    column: str, value: str, message: str, allowed: str, tables: Path, terms: Terms
) -> None:
    replace_cell(tables / MAPPINGS, FIRST, column, value)
    found, report = read(tables, terms)
    (problem,) = report.problems
    assert (problem.file, problem.line, problem.column, problem.value) == (str(tables / MAPPINGS), FIRST, column, value)
    assert message in problem.message
    assert allowed in problem.allowed
    assert not [triple for triple in found if triple.subject == ox.NamedNode(NET + "Everolimus")]
    assert (report.rows["mappings"], report.loaded["mappings"]) == (3, 2)


def test_a_subject_that_is_deprecated_is_refused(tables: Path, terms: Terms) -> None:
    old = Terms(kinds=terms.kinds, labels=terms.labels, deprecated={NET + "Everolimus"})
    _, report = read(tables, old)
    assert [(problem.line, problem.column, problem.message) for problem in report.problems] == [(FIRST, "subject_id", "'net:Everolimus' is deprecated")]


def test_an_entity_that_is_an_exact_match_of_two_terms_is_refused(tables: Path, terms: Terms) -> None:
    edited(tables, lambda data: data + b"net:Lanreotide\tlanreotide\tskos:exactMatch\tCHEBI:68478\t\tsemapv:MappingReview\t\t\t\n")
    _, report = read(tables, terms)
    (problem,) = report.problems
    assert (problem.line, problem.column, problem.value) == (6, "object_id", "CHEBI:68478")
    assert problem.message == "CHEBI:68478 is already an exact match of net:Everolimus in line 3"


@pytest.mark.parametrize("predicate", ["skos:exactMatch", "skos:closeMatch"])
def test_a_pair_that_is_mapped_twice_is_refused(predicate: str, tables: Path, terms: Terms) -> None:
    edited(tables, lambda data: data + f"net:Lanreotide\tlanreotide\t{predicate}\tNCIT:C61808\t\tsemapv:MappingReview\t\t\t\n".encode())
    _, report = read(tables, terms)
    (problem,) = report.problems
    assert (problem.line, problem.message) == (6, "net:Lanreotide is already mapped to it, as skos:closeMatch in line 4")


def test_a_label_is_refused_where_the_licence_forbids_it(tables: Path, terms: Terms) -> None:
    edited(tables, lambda data: data + b"net:Lanreotide\tlanreotide\tskos:exactMatch\tATC:H01CB03\tlanreotide\tsemapv:MappingReview\t\t\t\n")
    _, report = read(tables, terms)
    (problem,) = report.problems
    assert (problem.line, problem.column, problem.message) == (6, "object_label", "labels of ATC are not given: its licence")


def test_a_relation_between_different_kinds_needs_its_reason(tables: Path, terms: Terms) -> None:
    rows = b"".join(b"net:Lanreotide\tlanreotide\tskos:relatedMatch\tHGNC:%d\t\tsemapv:MappingReview\t\t\t%s\n" % pair for pair in ((1, b""), (2, b"a gene")))
    edited(tables, lambda data: data + rows)
    found, report = read(tables, terms)
    (problem,) = report.problems
    assert (problem.line, problem.column, problem.message) == (6, "comment", "missing")
    assert ox.Triple(ox.NamedNode(NET + "Lanreotide"), ox.NamedNode(PREFIXES["skos"] + "relatedMatch"), ox.NamedNode(expand("HGNC:2"))) in found


def test_a_term_with_two_exact_matches_in_one_vocabulary_is_refused(tables: Path, terms: Terms) -> None:
    edited(tables, lambda data: data + b"net:Everolimus\teverolimus\tskos:exactMatch\tCHEBI:1\t\tsemapv:MappingReview\t\t\t\n")
    _, report = read(tables, terms)
    (problem,) = report.problems
    assert problem.message == "net:Everolimus is already an exact match of CHEBI:68478 in line 3"


@pytest.mark.parametrize(
    "row",
    [
        "net:Everolimus\teverolimus\tskos:exactMatch\tNCIT:C48387",
        "net:Everolimus\teverolimus\tskos:closeMatch\tCHEBI:1",
        "net:Pancreas\tpancreas\tskos:broadMatch\tCHEBI:68478",
    ],
)
def test_a_second_vocabulary_or_a_looser_match_is_no_clash(row: str, tables: Path, terms: Terms) -> None:
    edited(tables, lambda data: data + f"{row}\t\tsemapv:MappingReview\t\t\t\n".encode())
    assert read(tables, terms)[1].problems == []


def test_a_refused_row_does_not_reserve_its_entity(tables: Path, terms: Terms) -> None:
    # line 6 clashes; line 7 repeats only what was refused in line 6
    rows = [("net:Lanreotide", "lanreotide", "CHEBI:68478"), ("net:Lanreotide", "lanreotide", "CHEBI:136014")]
    edited(
        tables,
        lambda data: data + "".join(f"{name}\t{label}\tskos:exactMatch\t{target}\t\tsemapv:MappingReview\t\t\t\n" for name, label, target in rows).encode(),
    )
    assert [problem.line for problem in read(tables, terms)[1].problems] == [6]


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (lambda data: data.replace(b"\tcomment\n", b"\n"), 2, "wrong header"),
        (lambda data: data.replace(b"subject_label\tpredicate_id", b"predicate_id\tsubject_label"), 2, "wrong header"),
        (lambda _data: b"", 1, "wrong header"),
        (lambda data: b"\xef\xbb\xbf" + data, 1, "byte order mark"),
        (lambda data: data.replace(b"\n", b"\r\n"), 1, "carriage return"),
        (lambda data: data.replace(b"the salt", b"the s\xe4lt"), 4, "UTF-8"),
        (lambda data: data.replace(b"the salt\n", b"\n"), 0, ""),
        (lambda data: data.replace(b"CHEBI:68478\t", b"CHEBI:68478"), 3, "8 cells"),
        (lambda data: data.replace(b"the salt", b"the\tsalt"), 4, "10 cells"),
        (lambda data: data[: data.index(b"salt") + 2], 4, "truncated"),
    ],
    ids=["missing column", "columns swapped", "empty", "byte order mark", "CR LF", "not UTF-8", "sound", "too few cells", "too many cells", "truncated"],
)
def test_a_wrong_shape_is_named_with_its_line(change: Callable[[bytes], bytes], line: int, message: str, tables: Path, terms: Terms) -> None:
    edited(tables, change)
    _, report = read(tables, terms)
    assert [(problem.line, message in problem.message) for problem in report.problems] == ([(line, True)] if line else [])


def test_a_missing_mapping_table_is_named(tables: Path, terms: Terms) -> None:
    (tables / MAPPINGS).unlink()
    with pytest.raises(TableError, match=re.escape(f"{tables / MAPPINGS}:0: the table cannot be read")):
        load(tables, terms)


def test_lenient_loading_keeps_the_other_mappings(tables: Path, terms: Terms) -> None:
    replace_cell(tables / MAPPINGS, FIRST, "object_id", "CHEBI:x")
    loaded = load(tables, terms, lenient=True)
    assert loaded.report.loaded["mappings"] == 2
    assert ox.Triple(ox.NamedNode(NET + "Pancreas"), ox.NamedNode(PREFIXES["skos"] + "exactMatch"), ox.NamedNode(expand("UBERON:0001264"))) in loaded.mappings


def test_every_vocabulary_has_a_prefix_and_every_form_is_a_pattern() -> None:
    assert set(LOCAL_FORMS) <= set(PREFIXES)
    assert all(re.compile(form) and not re.fullmatch(form, "") for form in LOCAL_FORMS.values())


def test_every_row_of_the_real_mappings_reaches_the_graph(sources: Sources, terms: Terms) -> None:
    found, report = read(sources.data, terms)
    lines = [line for line in (sources.data / MAPPINGS).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [dict(zip(HEADER, line.split("\t"), strict=True)) for line in lines[1:]]
    mapped = {(triple.subject, triple.predicate, triple.object) for triple in found}
    assert report.problems == []
    assert [row for row in rows if tuple(ox.NamedNode(expand(row[name])) for name in ("subject_id", "predicate_id", "object_id")) not in mapped] == []
    axioms = [triple.subject for triple in found if triple.object == ox.NamedNode(PREFIXES["owl"] + "Axiom")]
    assert len(axioms) == len(set(axioms)) == len(rows) == report.loaded["mappings"]
