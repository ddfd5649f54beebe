"""Runs a test of the W3C's suites against a server, by HTTP alone."""

from __future__ import annotations

from itertools import chain

import pyoxigraph as ox

from tests.conformance.client import Answer, Endpoint
from tests.conformance.compare import Result, Statements, csv_table, described_result, same, solutions, statements
from tests.conformance.suite import Case, Data, Source

RDF_FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES, ".rdf": ox.RdfFormat.RDF_XML}
RESULT_FORMATS = {".srx": ox.QueryResultsFormat.XML, ".srj": ox.QueryResultsFormat.JSON, ".tsv": ox.QueryResultsFormat.TSV}
ACCEPTED = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
}
"""The format that is asked for: that of the expected result."""

EVERYTHING = "SELECT ?s ?p ?o ?g { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"


def verdict(case: Case, endpoint: Endpoint) -> str:
    """Run a test.

    :returns: why it fails; empty when it passes
    """
    endpoint.clear()
    match case.kind:
        case "QueryEvaluationTest" | "CSVResultFormatTest":
            _load(case.data, endpoint)
            return _evaluate(case, endpoint)
        case "UpdateEvaluationTest":
            _load(case.data, endpoint)
            answer = endpoint.update(_based(case.request))
            if not answer.ok:
                return _said(answer)
            found, wanted = _content(endpoint), _expected_content(case.after)
            return "" if same(found, wanted) else f"the store holds {_shown(found)} instead of {_shown(wanted)}"
        case "PositiveSyntaxTest11" | "NegativeSyntaxTest11" if case.request.path.suffix == ".rq":
            answer = endpoint.query(case.request.read().decode(), "*/*")
        case _:
            answer = endpoint.update(case.request.read().decode())
    if case.kind.startswith("Negative"):
        return "" if answer.status == 400 else f"should be refused: {_said(answer)}"
    return "" if answer.ok else _said(answer)


def _evaluate(case: Case, endpoint: Endpoint) -> str:
    if case.result is None:
        raise ValueError(f"{case.name} has no result")
    suffix = case.result.path.suffix
    answer = endpoint.query(_based(case.request), ACCEPTED.get(suffix, "text/turtle, application/sparql-results+json;q=0.9"))
    if not answer.ok:
        return _said(answer)
    found, wanted = _found(answer), _wanted(case.result)
    return "" if same(found, wanted) else f"answers {_shown(found)} instead of {_shown(wanted)}"


def _found(answer: Answer) -> Result:
    if answer.media_type == "text/csv":
        return csv_table(answer.body)
    if answer.media_type == "text/turtle":
        return statements(answer.body, ox.RdfFormat.TURTLE)
    format_ = ox.QueryResultsFormat.from_media_type(answer.media_type)
    if format_ is None:
        raise AssertionError(f"unknown media type {answer.media_type!r}")
    return solutions(answer.body, format_)


def _wanted(file: Source) -> Result:
    suffix = file.path.suffix
    if suffix == ".csv":
        return csv_table(file.read())
    if suffix in RESULT_FORMATS:
        return solutions(file.read(), RESULT_FORMATS[suffix])
    return described_result(file.read(), RDF_FORMATS[suffix], file.iri)


def _load(data: Data, endpoint: Endpoint) -> None:
    for name, file in chain((("", one) for one in data.default), data.named):
        media_type, body = _sent(file)
        answer = endpoint.graph("POST", name, body, media_type)
        if not answer.ok:
            raise AssertionError(f"{file.path}: {_said(answer)}")


def _sent(file: Source) -> tuple[str, bytes]:
    """Return a file as it is sent: with its own address as base, which a server cannot know."""
    if file.path.suffix == ".ttl":
        return "text/turtle", f"@base <{file.iri}> .\n".encode() + file.read()
    triples = (quad.triple for quad in ox.parse(file.read(), format=RDF_FORMATS[file.path.suffix], base_iri=file.iri))
    return "application/n-triples", ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _based(file: Source) -> str:
    return f"BASE <{file.iri}>\n{file.read().decode()}"


def _content(endpoint: Endpoint) -> Statements:
    answer = endpoint.query(EVERYTHING, "application/sparql-results+json")
    if not answer.ok:
        raise AssertionError(_said(answer))
    result = ox.parse_query_results(answer.body, format=ox.QueryResultsFormat.JSON)
    if not isinstance(result, ox.QuerySolutions):
        raise TypeError("no rows")
    return Statements(frozenset(ox.Quad(row["s"], row["p"], row["o"], row["g"] or ox.DefaultGraph()) for row in result))


def _expected_content(data: Data) -> Statements:
    quads: set[ox.Quad] = set()
    for name, file in chain((("", one) for one in data.default), data.named):
        graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        read = ox.parse(file.read(), format=RDF_FORMATS[file.path.suffix], base_iri=file.iri)
        quads |= {ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in read}
    return Statements(frozenset(quads))


def _said(answer: Answer) -> str:
    return f"{answer.status} {answer.text[:300]}"


def _shown(result: Result) -> str:
    return str(sorted(map(str, result.quads)) if isinstance(result, Statements) else result)[:600]
