"""Reading tables: what sound cells become, the same quads each time, and the real tables."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from xml.parsers import expat

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.load.columns import Accession, Column, Integer, Key, Number, PartialDate, Text, Url, YesNo
from kg.load.load import load, quads
from kg.load.reader import CellError, Row, Value, parse_cell
from kg.load.records import node, triples
from kg.load.tables import BY_NAME, DOCUMENT_KINDS, TABLES
from kg.prefixes import NET, PREFIXES
from kg.settings import Sources
from kg.terms import Terms
from tests.small import ROWS, replace_cell

NO_TERMS = Terms()
XSD = PREFIXES["xsd"]


@pytest.mark.parametrize(
    ("column", "text", "values"),
    [
        (Text("c"), "", ()),
        (Text("c"), "a | b", ("a | b",)),
        (Text("c", many=True), "a | b", ("a", "b")),
        (Text("c", many=True), "b | a", ("b", "a")),
        (Text("c", many=True), "a|b", ("a|b",)),
        (Key("c"), "ESMO-2020.v1", ("ESMO-2020.v1",)),
        (Number("c"), "3.10", (Decimal("3.10"),)),
        (Number("c"), "-0.5", (Decimal("-0.5"),)),
        (Number("c", low="0", high="100"), "0", (Decimal(0),)),
        (Number("c", low="0", high="100"), "100.0", (Decimal(100),)),
        (Integer("c"), "0", (0,)),
        (Integer("c"), "231", (231,)),
        (YesNo("c"), "yes", (True,)),
        (YesNo("c"), "no", (False,)),
        (PartialDate("c"), "2023", ("2023",)),
        (PartialDate("c"), "2024-02-29", ("2024-02-29",)),
        (Url("c"), "https://example.org/a%20b?x=1#y", ("https://example.org/a%20b?x=1#y",)),
        (Url("c"), "http://[2001:db8::1]:8080/", ("http://[2001:db8::1]:8080/",)),
        (Url("c"), "https://münchen.example/ä", ("https://münchen.example/ä",)),
        (Accession("c", prefix="DOI"), "10.1002/(sici)1097-0142(19970215)79:4.co;2-0", ("10.1002/(sici)1097-0142(19970215)79:4.co;2-0",)),
        (Accession("c", prefix="PMID"), "1", ("1",)),
        (Accession("c", prefix="NCT"), "NCT00000000", ("NCT00000000",)),
    ],
)
def test_a_sound_cell_becomes_typed_values(column: Column, text: str, values: tuple[Value, ...]) -> None:
    assert parse_cell(column, text, NO_TERMS) == values


@pytest.mark.parametrize(
    ("column", "text", "term"),
    [
        (Number("c"), "3.10", ox.Literal("3.1", datatype=ox.NamedNode(XSD + "decimal"))),
        (Number("c"), "100", ox.Literal("100", datatype=ox.NamedNode(XSD + "decimal"))),
        (Number("c"), "0.000000001", ox.Literal("0.000000001", datatype=ox.NamedNode(XSD + "decimal"))),
        (Integer("c"), "100", ox.Literal("100", datatype=ox.NamedNode(XSD + "decimal"))),
        (YesNo("c"), "yes", ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))),
        (PartialDate("c"), "2023", ox.Literal("2023", datatype=ox.NamedNode(XSD + "gYear"))),
        (PartialDate("c"), "2023-05", ox.Literal("2023-05", datatype=ox.NamedNode(XSD + "gYearMonth"))),
        (PartialDate("c"), "2023-05-04", ox.Literal("2023-05-04", datatype=ox.NamedNode(XSD + "date"))),
        (Accession("c", prefix="PMID"), "28076709", ox.NamedNode("https://pubmed.ncbi.nlm.nih.gov/28076709")),
        (Url("c"), "https://example.org/a", ox.NamedNode("https://example.org/a")),
        (Text("c"), "42", ox.Literal("42")),
    ],
)
def test_a_value_becomes_the_rdf_term_of_its_kind(column: Column, text: str, term: ox.NamedNode | ox.Literal) -> None:
    (value,) = parse_cell(column, text, NO_TERMS)
    assert node(column, value) == term


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal(-(10**12)), max_value=Decimal(10**12), places=6))
def test_a_number_keeps_its_value_in_the_graph(number: Decimal) -> None:
    text = format(number, "f")
    (value,) = parse_cell(Number("c"), text, NO_TERMS)
    term = node(Number("c"), value)
    assert Decimal(term.value) == Decimal(text)


@given(
    st.builds("{}://{}{}{}".format, st.sampled_from(["http", "https"]), st.text(max_size=12), st.sampled_from(["", "/", ":", "?"]), st.text(max_size=12))
    | st.text(alphabet="htps:/.%[]@#?x0:a ", max_size=24).map("https://".__add__)
)
def test_an_address_that_is_accepted_can_be_written_into_the_graph(text: str) -> None:
    try:
        values = parse_cell(Url("c"), text, NO_TERMS)
    except CellError:
        return
    assert [node(Url("c"), value).value for value in values] == [text]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=12).map("10.1000/".__add__))
def test_a_doi_that_is_accepted_can_be_written_into_the_graph(text: str) -> None:
    column = Accession("c", prefix="DOI")
    try:
        values = parse_cell(column, text, NO_TERMS)
    except CellError:
        return
    assert [node(column, value).value for value in values] == [PREFIXES["DOI"] + text]


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=20) | st.sampled_from(["\ufffe", "a\uffffb", "\u2028", "\U0001ffff", "\ufeffx"]))
def test_text_that_is_accepted_survives_the_xml_that_the_reasoner_reads(text: str) -> None:
    try:
        (value,) = parse_cell(Text("c", required=True), text, NO_TERMS)
    except CellError:
        return
    subject, prop = ox.NamedNode(NET + "x"), ox.NamedNode(NET + "note")
    document = ox.serialize([ox.Triple(subject, prop, node(Text("c"), value))], format=ox.RdfFormat.RDF_XML)
    assert document is not None
    read: list[str] = []
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = read.append
    parser.Parse(document, True)
    assert text in "".join(read)


def test_a_row_becomes_an_individual_with_class_label_line_and_values(tables: Path, terms: Terms) -> None:
    row = load(tables, terms).rows["documents"][0]
    found = {(triple.predicate.value.removeprefix(NET), triple.object.value) for triple in triples(row) if not isinstance(triple.object, ox.Triple)}
    assert row.iri == NET + "document/guide-2023"
    assert found == {
        (PREFIXES["rdf"] + "type", PREFIXES["owl"] + "NamedIndividual"),
        (PREFIXES["rdf"] + "type", NET + "Guideline"),
        (PREFIXES["rdfs"] + "label", "A guideline [guide-2023]"),
        ("rowNumber", "2"),
        ("issued", "2023"),
        ("pubmed", "https://pubmed.ncbi.nlm.nih.gov/28076709"),
        ("doi", "https://doi.org/10.1056/NEJMoa1607427"),
        ("curation", terms.choices("CurationStatus")["primary"]),
    }


def test_references_and_terms_lead_to_their_records(tables: Path, terms: Terms) -> None:
    row = load(tables, terms).rows["approvals"][0]
    found = {(triple.predicate.value.removeprefix(NET), str(triple.object)) for triple in triples(row)}
    assert {
        ("pivotalTrial", f"<{NET}trial/T-1>"),
        ("source", f"<{NET}document/guide-2023>"),
        ("therapy", f"<{NET}Everolimus>"),
        ("about", f"<{NET}Everolimus>"),
    } <= found
    (population,) = [target for name, target in found if name == "population"]
    assert population.startswith(f"<{NET}population/p-")


def test_a_row_in_a_label_may_hold_braces(tables: Path, terms: Terms) -> None:
    replace_cell(tables / "documents.tsv", 2, "title", "{id} {0} {")
    row = load(tables, terms).rows["documents"][0]
    assert ox.Literal("{id} {0} { [guide-2023]", language="en") in [triple.object for triple in triples(row)]


def test_loading_twice_gives_the_same_quads(sources: Sources, terms: Terms) -> None:
    assert set(quads(load(sources.data, terms), terms)) == set(quads(load(sources.data, Terms.read(sources.ontology)), terms))


DIGEST = """
import hashlib, sys
from pathlib import Path
from kg.load.load import load, quads
from kg.terms import Terms
terms = Terms.read(Path(sys.argv[1]))
lines = [str(quad) for quad in quads(load(Path(sys.argv[2]), terms), terms)]
print(len(lines), hashlib.sha256("\\n".join(lines).encode()).hexdigest())
"""


def test_the_quads_and_their_order_do_not_depend_on_the_hash_seed(sources: Sources, tables: Path) -> None:
    answers = set()
    for seed in ("0", "1", "4242"):
        command = [sys.executable, "-c", DIGEST, str(sources.ontology), str(tables)]
        answers.add(subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}).stdout)
    (answer,) = answers
    assert int(answer.split()[0]) > 300


def test_no_row_of_the_real_tables_is_lost(sources: Sources, terms: Terms) -> None:
    loaded = load(sources.data, terms)
    assert loaded.report.problems == []
    for table in TABLES:
        lines = (sources.data / f"{table.name}.tsv").read_text(encoding="utf-8").split("\n")
        assert [row.line for row in loaded.rows[table.name]] == list(range(2, len(lines)))
        assert loaded.report.rows[table.name] == loaded.report.loaded[table.name] == len(lines) - 2


def test_every_cell_of_the_real_tables_reaches_the_graph(sources: Sources, terms: Terms) -> None:
    for rows in load(sources.data, terms).rows.values():
        assert rows
        for row in rows:
            said = {triple.predicate.value.removeprefix(NET) for triple in triples(row)}
            missing = [column.name for column in row.table.columns if row.cells[column.name] and column.prop and column.prop not in said]
            assert missing == [], row.iri


def test_labels_and_addresses_of_rows_are_unique_over_all_tables(sources: Sources, terms: Terms) -> None:
    rows = [row for rows in load(sources.data, terms).rows.values() for row in rows]
    assert len({row.iri for row in rows}) == len(rows)
    assert len({_label(row) for row in rows}) == len(rows)
    assert len({table.path for table in TABLES}) == len(TABLES)


def _label(row: Row) -> str:
    return next(
        triple.object.value for triple in triples(row) if triple.predicate.value == PREFIXES["rdfs"] + "label" and isinstance(triple.object, ox.Literal)
    )


def test_a_cell_of_the_small_tables_is_named_as_the_declaration_says() -> None:
    for name, rows in ROWS.items():
        for row in rows:
            assert set(row) <= set(BY_NAME[name].header)


def test_tables_speak_only_of_terms_that_the_ontology_has(terms: Terms) -> None:
    classes = {NET + table.cls for table in TABLES} | {NET + name for name in DOCUMENT_KINDS.values()}
    props = {NET + column.prop for table in TABLES for column in table.columns if column.prop}
    assert {iri for iri in classes if terms.kinds.get(iri) != "class"} == set()
    assert {iri for iri in props if not terms.kinds.get(iri, "").endswith("property")} == set()
