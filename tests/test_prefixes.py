"""The prefix map: CURIEs and IRIs lead to each other, and SPARQL accepts the prologue."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.prefixes import GRAPH, NET, ONTOLOGY_IRI, PREFIXES, compress, converter, expand, sparql_prologue

locals_ = st.text(alphabet="abcXYZ0123456789_-./", min_size=1, max_size=20)


@given(st.sampled_from(sorted(PREFIXES)), locals_)
def test_expanding_what_was_compressed_gives_the_iri_back(prefix: str, local: str) -> None:
    iri = PREFIXES[prefix] + local
    assert expand(compress(iri)) == iri


@given(st.sampled_from(sorted(PREFIXES)), st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True))
def test_a_curie_is_expanded_and_compressed_back(prefix: str, local: str) -> None:
    assert expand(f"{prefix}:{local}") == PREFIXES[prefix] + local
    assert compress(PREFIXES[prefix] + local) == f"{prefix}:{local}"


@given(st.text(max_size=20))
def test_an_iri_of_nobody_stays_as_it_is(text: str) -> None:
    iri = "urn:none:" + text
    assert compress(iri) == iri


@pytest.mark.parametrize("curie", ["", ":", "Everolimus", "NET:Everolimus", "nope:x", ":x", "https://w3id.org/net-kg/Everolimus"])
def test_an_unknown_prefix_is_refused_by_name(curie: str) -> None:
    with pytest.raises(ValueError, match="unknown prefix") as refused:
        expand(curie)
    assert repr(curie) in str(refused.value)


def test_a_local_part_may_hold_colons_and_slashes() -> None:
    assert expand("net:evidence/E-1:x") == NET + "evidence/E-1:x"
    assert compress(NET + "evidence/E-1") == "net:evidence/E-1"


def test_the_converter_and_the_map_agree() -> None:
    assert converter().prefix_map == PREFIXES
    assert converter() is converter()
    assert all(converter().expand(f"{prefix}:x") == expand(f"{prefix}:x") for prefix in PREFIXES)


def test_every_namespace_is_an_iri_with_one_prefix_that_no_other_differs_from_by_case_alone() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)
    assert len({prefix.casefold() for prefix in PREFIXES}) == len(PREFIXES)
    assert all(ox.NamedNode(iri).value == iri and iri[-1] in "/#_" for iri in PREFIXES.values() if "identifiers.org" not in iri)
    assert (ONTOLOGY_IRI.startswith(NET), GRAPH.startswith(NET)) == (True, True)


def test_two_engines_read_the_prologue() -> None:
    query = sparql_prologue() + "SELECT ?x WHERE { VALUES ?x { net:Everolimus CHEMBL.COMPOUND:CHEMBL1 icd11.foundation:1 } }"
    expected = [NET + "Everolimus", "http://identifiers.org/chembl.compound/CHEMBL1", "http://identifiers.org/icd11.foundation/1"]
    solutions = ox.Store().query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    assert [solution["x"].value for solution in solutions] == expected
    assert sorted(str(row[0]) for row in rdflib.Graph().query(query)) == sorted(expected)  # type: ignore[index]
