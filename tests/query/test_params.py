"""Parameters: what each type accepts, and that a value can never become syntax."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st

from kg.errors import UsageError
from kg.prefixes import NET, PREFIXES
from kg.query.params import Parameter
from kg.sparql import substitute, variables
from kg.store import in_memory, select
from kg.terms import Terms
from tests.turtle import quads

XSD = PREFIXES["xsd"]
EVEROLIMUS = ox.NamedNode(NET + "Everolimus")


def parameter(kind: str) -> Parameter:
    return Parameter("x", kind, "", "help")


def typed(value: str, datatype: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD + datatype))


@pytest.mark.parametrize("written", ["Everolimus", "everolimus", "EVEROLIMUS", "net:Everolimus", NET + "Everolimus"])
def test_a_term_is_found_by_name_label_curie_and_iri(written: str, terms: Terms) -> None:
    assert parameter("term:Drug").bind(written, terms) == EVEROLIMUS


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        ("term:CareOption", "PRRT", ox.NamedNode(NET + "PeptideReceptorRadionuclideTherapy")),
        ("term:CareOption", "CareOption", ox.NamedNode(NET + "CareOption")),
        ("term:AnatomicalSite", "midgut", ox.NamedNode(NET + "MidgutSite")),
        ("term", "Everolimus", EVEROLIMUS),
        ("choice:Grade", "G2", ox.NamedNode(NET + "Grade2")),
        ("choice:Grade", "any", ox.NamedNode(NET + "Grade")),
        ("record:trials", "NETTER-1", ox.NamedNode(NET + "trial/NETTER-1")),
        ("record:recommendations", "R001", ox.NamedNode(NET + "recommendation/R001")),
        ("text", "Ki-67 > 20 %", ox.Literal("Ki-67 > 20 %")),
        ("text", "", ox.Literal("")),
        ("number", "2.90", typed("2.90", "decimal")),
        ("number", "-3", typed("-3", "decimal")),
        ("integer", "12", typed("12", "integer")),
        ("date", "2011", typed("2011", "gYear")),
        ("date", "2011-05", typed("2011-05", "gYearMonth")),
        ("date", "2011-05-05", typed("2011-05-05", "date")),
    ],
)
def test_a_fitting_value_becomes_its_term(kind: str, written: str, expected: ox.NamedNode | ox.Literal, terms: Terms) -> None:
    assert parameter(kind).bind(written, terms) == expected


@pytest.mark.parametrize(
    ("kind", "written", "message"),
    [
        ("term:Drug", "everolimuss", "did you mean everolimus"),
        ("term:Drug", "Pancreas", "'Pancreas' is not a kind of"),
        ("term:Drug", "xqzzy", "no class is called"),
        ("term:Drug", "Grade1", "no class is called"),
        ("term:Drug", "", "no class is called"),
        ("term", "Everolimus> . ?s ?p ?o", "no class is called"),
        ("choice:Grade", "g2", "allowed: any, G1, G2, G3"),
        ("choice:Grade", "G4", "allowed: any, G1, G2, G3"),
        ("choice:Grade", "", "allowed: any, G1, G2, G3"),
        ("record:trials", "NETTER 1", "letters, digits, dots and hyphens"),
        ("record:trials", "a/../b", "letters, digits, dots and hyphens"),
        ("record:trials", "x> ?p ?o", "letters, digits, dots and hyphens"),
        ("number", "2,9", "digits with a decimal point"),
        ("number", "1e3", "digits with a decimal point"),
        ("number", ">= 3", "digits with a decimal point"),
        ("number", "NaN", "digits with a decimal point"),
        ("number", "٣", "digits with a decimal point"),
        ("integer", "1.0", "digits only"),
        ("integer", "-1", "digits only"),
        ("date", "05.05.2011", "YYYY-MM-DD"),
        ("date", "2011-02-30", "YYYY-MM-DD"),
        ("date", "2011-13", "YYYY-MM-DD"),
        ("number", " 3", "blank at the beginning"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_the_error_says_what_would(kind: str, written: str, message: str, terms: Terms) -> None:
    with pytest.raises(UsageError) as caught:
        parameter(kind).bind(written, terms)
    assert message in str(caught.value)
    assert caught.value.where == "parameter x"
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("kind", ["record:trials", "number", "integer", "date"])
def test_an_empty_value_is_refused_where_it_means_nothing(kind: str, terms: Terms) -> None:
    with pytest.raises(UsageError, match="parameter x"):
        parameter(kind).bind("", terms)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?_x { ?s ?p ?_x }", 'SELECT "v" { ?s ?p "v" }'),
        ("{ ?s ?p ?_x2 . ?_xy ?_X ?x }", "{ ?s ?p ?_x2 . ?_xy ?_X ?x }"),
        ("{ ?s ?p ?_x} $_x", '{ ?s ?p "v"} $_x'),
        ('FILTER(?a = "?_x")', 'FILTER(?a = "?_x")'),
        ("FILTER(?a = '?_x')", "FILTER(?a = '?_x')"),
        ('FILTER(?a = "say \\"?_x\\" now" && ?_x)', 'FILTER(?a = "say \\"?_x\\" now" && "v")'),
        ('"""a "quoted" ?_x\n?_x""" ?_x', '"""a "quoted" ?_x\n?_x""" "v"'),
        ("'''it's ?_x''' ?_x", "'''it's ?_x''' \"v\""),
        ("# why ?_x\n?_x", '# why ?_x\n"v"'),
        ("<https://e.org/?_x> ?_x", '<https://e.org/?_x> "v"'),
        ("<https://e.org/#?_x> ?_x # ?_x", '<https://e.org/#?_x> "v" # ?_x'),
        ("FILTER(1 < ?_x && ?_x > 2)", 'FILTER(1 < "v" && "v" > 2)'),
        ("FILTER(?_x<3||?a>?_x)", 'FILTER("v"<3||?a>"v")'),
        ("net:a|^net:b ?_x", 'net:a|^net:b "v"'),
    ],
)
def test_only_whole_variables_are_replaced_and_never_in_strings_comments_or_iris(query: str, expected: str) -> None:
    assert substitute(query, {"?_x": ox.Literal("v")}) == expected


def test_the_variables_of_a_query_are_those_outside_strings_comments_and_iris() -> None:
    assert variables("""SELECT ?a { ?a ?_p "?b" . <https://e.org/?c> ?d '?e' # ?f\n}""") == {"?a", "?_p", "?d"}


def test_a_value_that_looks_like_a_parameter_is_not_replaced_again() -> None:
    bound = substitute("?_x ?_y", {"?_x": ox.Literal("?_y"), "?_y": ox.Literal("?_x")})
    assert bound == '"?_y" "?_x"'


HOSTILE = st.text() | st.text(alphabet="\"'\\\n\r\t{}<>?_x#;.|%\u0000\u2028", max_size=20)


@given(HOSTILE)
@example('" } ; DROP ALL ; SELECT * { "')
@example("'''")
@example('\\" ?_x')
@example("\\u0022 . ?s ?p ?o")
@example('"""\n} #')
def test_any_text_comes_back_unchanged(text: str) -> None:
    query = substitute("SELECT (?_x AS ?y) ?z { VALUES ?z { 1 } FILTER(STR(?_x) = ?_x) } # ?_x", {"?_x": ox.Literal(text)})
    assert select(in_memory([]), query).rows == [(ox.Literal(text), typed("1", "integer"))]


@given(HOSTILE)
def test_a_hostile_text_selects_nothing_but_itself(text: str) -> None:
    store = in_memory([*quads(':a rdfs:label "label" . :b rdfs:label "other" .')])
    query = substitute("SELECT ?s { ?s ?p ?o FILTER(CONTAINS(STR(?o), ?_x)) } ORDER BY ?s", {"?_x": ox.Literal(text)})
    expected = [ox.NamedNode(NET + name) for name, label in (("a", "label"), ("b", "other")) if text in label]
    assert [row[0] for row in select(store, query)] == expected


@pytest.mark.parametrize("text", ['" } DROP ALL #', "back\\slash", "line\nbreak", "'quoted'", '"""', "tab\tand \u0007 bell"])
def test_a_bound_text_means_the_same_to_another_engine(text: str) -> None:
    query = substitute("SELECT (?_x AS ?y) {}", {"?_x": ox.Literal(text)})
    assert [str(row[0]) for row in rdflib.Graph().query(query)] == [text]  # type: ignore[index]  # rows of a SELECT


@given(HOSTILE)
def test_text_parameters_accept_or_refuse_but_never_change_a_text(text: str) -> None:
    try:
        bound = parameter("text").bind(text, Terms())
    except UsageError:
        return
    assert bound == ox.Literal(text)
