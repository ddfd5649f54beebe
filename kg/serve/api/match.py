"""Matching as an API: verdicts for a case, what follows while it is typed, and what can be said of a situation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.errors import CaseError, UsageError
from kg.graph import NOTICE, Graph
from kg.match.case import CaseReader, settings_document, write_case
from kg.match.document import parse_document
from kg.match.match import Derived, Match
from kg.match.names import possible
from kg.match.presentation import Fact, Presentation
from kg.match.questions import question_data, questions
from kg.match.read import own_case, presentation_of
from kg.match.report import as_data, as_text
from kg.match.verdict import Verdict
from kg.model.feature import FeatureKind
from kg.model.population import describe
from kg.prefixes import compress
from kg.query.kept import kept, version
from kg.serve.api.answers import MARKDOWN, TEXT, as_json, text_of, texts_of
from kg.serve.api.links import by_label, href
from kg.serve.calls import Reply
from kg.serve.problem import Problem

JSON_FORM, MARKDOWN_FORM, TEXT_FORM = "json", "md", "text"
MOST_ERRORS = 50
"""Errors of one case that are told; a document with more is something else."""
_WHERE = "case"

Error = dict[str, str | None]


def match(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Say which therapies suit a situation, with reasons.

    :param arguments: ``document``: bytes of a case, Phenopacket or FHIR bundle, with ``syntax`` json, yaml or empty; or
        ``settings``: texts of the form ``key=value``; ``as_of``: a date; ``form``: json, md or text; ``verdicts``: the
        list of statements in JSON holds those with one of these only, all unless given
    :raises Problem: when the case is not understood; it names everything that is wrong, as far as that can be told
    :raises UsageError: when the date is none, or a verdict
    """
    verdicts = _verdicts(texts_of(arguments, "verdicts"))
    found = graph.matcher.match(_presentation(graph, arguments), text_of(arguments, "as_of"))
    form = text_of(arguments, "form", JSON_FORM)
    if form == JSON_FORM:
        return as_json(as_data(found, verdicts) | {"labels": _labels(found), "case": _case(found)})
    markdown = form == MARKDOWN_FORM
    return Reply(MARKDOWN if markdown else TEXT, ("\n".join(as_text(found, markdown=markdown)) + "\n").encode())


def _verdicts(names: list[str]) -> tuple[Verdict, ...]:
    known = {verdict.value: verdict for verdict in Verdict}
    if strange := [name for name in names if name not in known]:
        raise UsageError(f"no verdict is called {strange[0][:100]!r}", where="verdict", hint=f"allowed: {', '.join(known)}")
    return tuple(known[name] for name in names) or tuple(Verdict)


def derive(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Say what follows from what is known so far. What is not understood, or only half typed, is reported and left out.

    :param arguments: ``document`` with ``syntax``, or ``settings``, as for :func:`match`
    :raises Problem: when the document cannot be read at all
    """
    try:
        document = _document(arguments)
        case = own_case(document)
        facts, errors = _partly(graph, case) if case is not None else (presentation_of(document, graph, where=_WHERE), [])
    except CaseError as error:
        raise _problem([_error(error, None)]) from error
    found = graph.matcher.match(facts)
    return as_json(
        {
            "notice": NOTICE,
            "version": found.version,
            "facts": [_fact(fact, graph) for fact in found.presentation.facts],
            "derived": [_derived(item) for item in found.derived],
            "contradiction": [_fact(fact, graph) for fact in found.contradiction],
            "errors": errors,
        }
    )


def _partly(graph: Graph, case: Mapping[object, object]) -> tuple[Presentation, list[Error]]:
    """Return what can be understood of a case, and what is wrong with the rest; empty values are not looked at."""
    known: dict[object, object] = {}
    errors = []
    for key, value in case.items():
        if value is None or value in ("", [], {}):
            continue
        try:
            _reader(graph).read(known | {key: value}, where="")
        except CaseError as error:
            errors.append(_error(error, key))
            if len(errors) == MOST_ERRORS:
                break
        else:
            known[key] = value
    return _reader(graph).read(known, where=""), errors


@kept
def _reader(graph: Graph) -> CaseReader:
    return CaseReader(graph.terms, graph.vocabulary)


def _fact(fact: Fact, graph: Graph) -> dict[str, str]:
    return {"feature": fact.criterion.feature.key, "text": describe(fact.criterion, graph.terms), "path": fact.path, "stated": fact.text}


def _derived(item: Derived) -> dict[str, Any]:
    return {
        "feature": item.feature.key,
        "name": item.feature.name,
        "text": item.text,
        "from": [fact.path for fact in item.facts],
        "rules": [compress(rule) for rule in item.rules],
    }


def features(graph: Graph, _arguments: Mapping[str, Any]) -> Reply:
    """Return what can be said of a situation: each feature with its values."""
    return as_json({"notice": NOTICE, "version": version(graph), "features": _features(graph)})


@kept
def _features(graph: Graph) -> list[dict[str, Any]]:
    terms = graph.terms
    found = []
    for question in questions(terms):
        feature = terms.features[question.key]
        options = []
        if feature.kind in (FeatureKind.HIERARCHY, FeatureKind.SET):
            values = by_label(graph, possible(feature, terms))
            options = [{"name": compress(iri).partition(":")[2], "label": terms.labels.get(iri, iri)} for iri in values if iri != feature.range]
        found.append(question_data(question) | {"options": options})
    return found


def _document(arguments: Mapping[str, Any]) -> object:
    """Return the case as mappings and lists.

    :raises CaseError: when it cannot be read
    :raises UsageError: when none is given
    """
    data = arguments.get("document")
    if isinstance(data, bytes):
        return parse_document(data, where=_WHERE, form=text_of(arguments, "syntax"))
    if "settings" in arguments:
        return settings_document(texts_of(arguments, "settings"), option="")
    raise UsageError("no case is given", hint="send it as the body, or as ?key=value such as ?site=pancreas&grade=G2")


def _presentation(graph: Graph, arguments: Mapping[str, Any]) -> Presentation:
    document: object = None
    try:
        document = _document(arguments)
        return presentation_of(document, graph, where=_WHERE)
    except CaseError as error:
        case = own_case(document)
        errors = _partly(graph, case)[1] if case is not None else []
        raise _problem(errors or [_error(error, None)]) from error


def _error(error: CaseError, key: object) -> Error:
    place = error.where.removeprefix(_WHERE).lstrip(":").strip()
    place = f"line {place}" if place.isdigit() else place
    return {"key": None if key is None else str(key), "where": place or None, "message": error.message, "hint": error.hint or None}


def _problem(errors: list[Error]) -> Problem:
    """Return the answer to a case that is not understood: the first error in full, all of them in the document."""
    first = errors[0]
    where = first["where"] or first["key"]
    detail = f"{where}: {first['message']}" if where else str(first["message"])
    more = f"; and {len(errors) - 1} more" if len(errors) > 1 else ""
    return Problem(422, "the case is not understood", detail=detail + more, code=CaseError.code, hint=first["hint"] or "", extra={"errors": errors})


def _case(found: Match) -> dict[str, object] | None:
    """Return the situation in our own case format, as a form can show it; nothing when it cannot be written so."""
    try:
        return write_case(found.presentation, found.matcher.terms)
    except CaseError:
        return None


def _labels(found: Match) -> dict[str, dict[str, str | None]]:
    """Return label and address of each therapy that the answer names."""
    terms = found.matcher.terms
    named = {iri for outcome in found.outcomes for iri in outcome.statement.therapies} | {result.therapy for result in found.therapies}
    return {compress(iri): {"label": terms.labels.get(iri, iri), "href": href(iri)} for iri in sorted(named)}
