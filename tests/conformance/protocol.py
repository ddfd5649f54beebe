"""The requests of the W3C's SPARQL 1.1 Protocol tests, told anew: what is sent, and what has to come back.

The names are those of the W3C's tests, so that they can be looked up there. Addresses of graphs are our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ONE, TWO, THREE, NONE = (f"http://example.org/protocol/{name}" for name in ("one", "two", "three", "none"))
"""Three graphs that each say what they are, and one that is not there."""

DOCUMENT = "http://xmlns.com/foaf/0.1/Document"
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"

TABULAR = frozenset({"application/sparql-results+xml", "application/sparql-results+json", "text/csv", "text/tab-separated-values"})
BOOLEAN = frozenset({"application/sparql-results+xml", "application/sparql-results+json"})
RDF = frozenset({"application/rdf+xml", "text/turtle", "application/n-triples", "application/xhtml+xml", "text/html"})


@dataclass(frozen=True)
class Step:
    """A request and its answer.

    :param to: ``query`` or ``update``: the address it goes to
    :param query: of the address, as written
    :param media_type: of the body; none is sent when empty
    :param good: whether it succeeds; otherwise the client is at fault (4xx)
    :param truth: the answer to an ASK query
    :param formats: media types one of which the answer has
    """

    to: str = "query"
    method: str = "POST"
    query: str = ""
    body: bytes | None = None
    media_type: str = ""
    good: bool = True
    truth: bool | None = None
    formats: frozenset[str] = frozenset()


def _ask(text: str, **options: object) -> Step:
    return Step(body=text.encode(), media_type=QUERY, truth=True, **options)  # type: ignore[arg-type]


def _update(text: str, **options: object) -> Step:
    return Step(to="update", body=text.encode(), media_type=UPDATE, **options)  # type: ignore[arg-type]


def _about(*graphs: str) -> str:
    return " ".join(f"<{graph}> a ?type{number} ." for number, graph in enumerate(graphs))


def _in_graphs(*graphs: str) -> str:
    return " ".join(f"GRAPH ?g{number} {{ <{graph}> a ?type{number} }}" for number, graph in enumerate(graphs))


def _encoded(text: str) -> str:
    return "".join(character if character.isalnum() else f"%{ord(character):02X}" for character in text)


def _parameters(**lists: Sequence[str]) -> str:
    return "&".join(f"{name.replace('_', '-')}={_encoded(value)}" for name, values in lists.items() for value in values)


FILLED = " ; ".join(["DROP ALL", *(f"INSERT DATA {{ GRAPH <{graph}> {{ <{graph}> a <{DOCUMENT}> }} }}" for graph in (ONE, TWO, THREE))])
"""An update that leaves the three graphs and nothing else."""

SEEN = "http://example.org/protocol/seen"
"""The graph into which an update writes what it sees."""


def _sees(where: str, **parameters: Sequence[str]) -> Step:
    """Return an update that fills the graphs and then writes down what its dataset shows."""
    text = f"{FILLED} ; INSERT {{ GRAPH <{SEEN}> {{ ?s <http://example.org/in> ?in }} }} WHERE {{ {where} }}"
    return _update(text, query=_parameters(**parameters))


def _saw(seen: Mapping[str, str], *unseen: str) -> Step:
    there = " ".join(f"<{subject}> <http://example.org/in> {value} ." for subject, value in seen.items())
    absent = " ".join(f"FILTER NOT EXISTS {{ GRAPH <{SEEN}> {{ <{subject}> ?p ?o }} }}" for subject in unseen)
    return _ask(f"ASK {{ GRAPH <{SEEN}> {{ {there} }} {absent} }}")


IN_DEFAULT = f'?s a <{DOCUMENT}> BIND("default" AS ?in)'
IN_NAMED = f"GRAPH ?in {{ ?s a <{DOCUMENT}> }}"

TESTS: Mapping[str, Sequence[Step]] = {
    "query_get": [Step(method="GET", query=_parameters(query=["ASK {}"], default_graph_uri=[NONE]), truth=True, formats=BOOLEAN)],
    "query_post_form": [Step(query=_parameters(default_graph_uri=[NONE]), body=b"query=ASK%20%7B%7D", media_type=FORM, truth=True, formats=BOOLEAN)],
    "query_post_direct": [_ask("ASK {}", formats=BOOLEAN)],
    "query_dataset_default_graphs_get": [
        Step(method="GET", query=_parameters(query=[f"ASK {{ {_about(ONE, TWO)} }}"], default_graph_uri=[ONE, TWO]), truth=True, formats=BOOLEAN)
    ],
    "query_dataset_default_graphs_post": [_ask(f"ASK {{ {_about(ONE, TWO)} }}", query=_parameters(default_graph_uri=[ONE, TWO]), formats=BOOLEAN)],
    "query_dataset_named_graphs_get": [
        Step(method="GET", query=_parameters(query=[f"ASK {{ {_in_graphs(ONE, TWO)} }}"], named_graph_uri=[ONE, TWO]), truth=True, formats=BOOLEAN)
    ],
    "query_dataset_named_graphs_post": [_ask(f"ASK {{ {_in_graphs(ONE, TWO)} }}", query=_parameters(named_graph_uri=[ONE, TWO]), formats=BOOLEAN)],
    "query_dataset_full": [
        _ask(
            f"ASK {{ <{THREE}> a ?type {_in_graphs(ONE, TWO)} }}",
            query=_parameters(default_graph_uri=[THREE], named_graph_uri=[ONE, TWO]),
            formats=BOOLEAN,
        )
    ],
    "query_multiple_dataset": [
        _ask(f"ASK FROM <{THREE}> {{ {_in_graphs(ONE, TWO)} }}", query=_parameters(named_graph_uri=[ONE, TWO]), formats=BOOLEAN),
        _ask(f"ASK FROM <{THREE}> {{ FILTER NOT EXISTS {{ <{THREE}> a ?type }} }}", query=_parameters(named_graph_uri=[ONE, TWO])),
    ],
    "query_content_type_select": [Step(query=_parameters(default_graph_uri=[NONE]), body=b"SELECT (1 AS ?value) {}", media_type=QUERY, formats=TABULAR)],
    "query_content_type_ask": [Step(query=_parameters(default_graph_uri=[NONE]), body=b"ASK {}", media_type=QUERY, formats=BOOLEAN)],
    "query_content_type_describe": [Step(query=_parameters(default_graph_uri=[NONE]), body=b"DESCRIBE <http://example.org/>", media_type=QUERY, formats=RDF)],
    "query_content_type_construct": [
        Step(query=_parameters(default_graph_uri=[NONE]), body=b"CONSTRUCT { <s> <p> 1 } WHERE {}", media_type=QUERY, formats=RDF)
    ],
    "bad_query_method": [
        Step(method="PUT", query=_parameters(query=["ASK {}"], default_graph_uri=[NONE]), body=b"", media_type=FORM, good=False),
    ],
    "bad_multiple_queries": [Step(method="GET", query=_parameters(query=["ASK {}", "SELECT * {}"]), good=False)],
    "bad_query_wrong_media_type": [Step(body=b"ASK {}", media_type="text/plain", good=False)],
    "bad_query_missing_form_type": [Step(body=b"query=ASK%20%7B%7D", good=False)],
    "bad_query_missing_direct_type": [Step(body=b"ASK {}", good=False)],
    "bad_query_non_utf8": [Step(body="ASK {}".encode("utf-16"), media_type=f"{QUERY}; charset=UTF-16", good=False)],
    "bad_query_syntax": [Step(method="GET", query=_parameters(query=["ASK {"]), good=False)],
    "update_post_form": [Step(to="update", body=b"update=CLEAR+ALL", media_type=FORM)],
    "update_post_direct": [_update("CLEAR ALL")],
    "update_dataset_default_graph": [_sees(IN_DEFAULT, using_graph_uri=[ONE]), _saw({ONE: '"default"'}, TWO, THREE)],
    "update_dataset_default_graphs": [_sees(IN_DEFAULT, using_graph_uri=[ONE, TWO]), _saw({ONE: '"default"', TWO: '"default"'}, THREE)],
    "update_dataset_named_graphs": [_sees(IN_NAMED, using_named_graph_uri=[ONE, TWO]), _saw({ONE: f"<{ONE}>", TWO: f"<{TWO}>"}, THREE)],
    "update_dataset_full": [
        _sees(f"{{ {IN_NAMED} }} UNION {{ {IN_DEFAULT} }}", using_graph_uri=[ONE], using_named_graph_uri=[TWO]),
        _saw({ONE: '"default"', TWO: f"<{TWO}>"}, THREE),
    ],
    "update_base_uri": [
        _update(f"CLEAR SILENT GRAPH <{SEEN}> ; INSERT DATA {{ GRAPH <{SEEN}> {{ <http://example.org/s> <http://example.org/p> <test> }} }}"),
        _ask(f'ASK {{ GRAPH <{SEEN}> {{ <http://example.org/s> <http://example.org/p> ?o FILTER (isIRI(?o) && STR(?o) != "test") }} }}'),
    ],
    "bad_update_get": [Step(to="update", method="GET", query=_parameters(update=["CLEAR ALL"]), good=False)],
    "bad_multiple_updates": [Step(to="update", body=b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", media_type=FORM, good=False)],
    "bad_update_wrong_media_type": [Step(to="update", body=b"CLEAR NAMED", media_type="text/plain", good=False)],
    "bad_update_missing_form_type": [Step(to="update", body=b"update=CLEAR%20NAMED", good=False)],
    "bad_update_non_utf8": [Step(to="update", body="CLEAR NAMED".encode("utf-16"), media_type=f"{UPDATE}; charset=UTF-16", good=False)],
    "bad_update_syntax": [Step(to="update", body=b"update=CLEAR%20XYZ", media_type=FORM, good=False)],
    "bad_update_dataset_conflict": [
        _update(
            f"WITH <{ONE}> DELETE {{ ?s a <{DOCUMENT}> }} INSERT {{ ?s a <http://example.org/Text> }} WHERE {{ ?s a <{DOCUMENT}> }}",
            query=_parameters(using_named_graph_uri=[ONE]),
            good=False,
        )
    ],
}
"""Name → requests in their order. The store is filled with :data:`FILLED` before each."""
