"""The documents of the API made short enough for an assistant, with every source and state of curation kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

OPEN_TOO = ("applies", "applies_if")
"""Verdicts that an assistant is told of; what does not apply is counted."""


def brief_term(document: Mapping[str, Any], most: int) -> Json:
    """Return what is said of a term.

    :param most: statements of one kind that are written out; all of them are counted
    """
    found = {key: document[key] for key in ("iri", "curie", "label", "kind", "definition", "comment", "synonyms") if document[key]}
    found |= {
        "definition_sources": [source["text"] for source in document["definition_sources"]],
        "is_a": [" < ".join(_name(step) for step in path) for path in document["paths"]],
        "kinds_of_it": [_name(child) for child in document["children"]],
        "relations": [relation["sentence"] for relation in [*document["relations"], *document["incoming"]]],
        "mappings": [f"{mapping['predicate']} {mapping['curie']}" for mapping in document["mappings"]],
        "record": document["record"] and brief_item(document["record"]),
        "properties": {_name(item["property"]): [_cell(value) for value in item["values"]] for item in document["properties"]},
        "statements": [_group(group, most) for group in document["statements"]],
        "statements_whose_population_requires_it": [_group(group, most) for group in document["scoped"]],
    }
    return {key: value for key, value in found.items() if value} | {key: document[key] for key in ("version", "notice")}


def brief_item(item: Mapping[str, Any]) -> Json:
    """Return one curated row: what it says, for whom, on whose authority, how far it was checked."""
    population = item.get("population") or {}
    found = {
        "id": item["name"],
        "says": item["sentence"],
        "role": item.get("role"),
        "direction": item.get("direction") or item.get("status"),
        "strength": item.get("strength"),
        "aims": item.get("aims"),
        "for": population.get("words"),
        "limits_beyond": population.get("note"),
        "jurisdiction": item.get("jurisdiction"),
        "date": item.get("date"),
        "superseded": item.get("superseded"),
        "sources": [_source(source) for source in item["sources"]],
        "read_at": item["read_at"],
        "curation": (item["curation"] or {}).get("label"),
        "note": item["note"],
        "evidence": [brief_item(evidence) for evidence in item.get("evidence", ())],
    }
    return {key: value for key, value in found.items() if value}


def brief_rows(page: Mapping[str, Any], most: int) -> Json:
    """Return rows as mappings of text; identifiers as CURIE with the label beside it.

    :param page: ``columns`` and ``rows`` of cells
    :param most: rows at most; when there are more, the answer says so
    """
    names = [column["name"] for column in page["columns"]]
    rows: Sequence[Sequence[Any]] = page["rows"]
    shown = [{name: _cell(cell) for name, cell in zip(names, row, strict=True) if cell is not None} for row in rows[:most]]
    return counted(rows, shown)


def counted(every: Sequence[Any], shown: Sequence[Any]) -> Json:
    """Return what is shown, with how many there are; a warning when that is not all."""
    found: Json = {"rows": list(shown), "rows_in_all": len(every), "cut": len(shown) < len(every)}
    if found["cut"]:
        found["warning"] = f"only the first {len(shown)} of {len(every)} rows are here; raise limit, or narrow the question, before you conclude from them"
    return found


def brief_match(document: Mapping[str, Any], therapies: Iterable[str], most: int) -> Json:
    """Return the verdicts of a case.

    :param therapies: labels or CURIEs of the only therapies to write out; all when there are none
    :param most: statements of one therapy that are written out, those that apply first
    """
    statements = {statement["statement"]: statement for statement in document["statements"]}
    wanted = {text.casefold() for text in therapies}
    results = [one for one in document["therapies"] if not wanted or wanted & {one["label"].casefold(), one["therapy"].casefold()}]
    told = [one for one in results if wanted or one["summary"] != "depends"]
    return {
        "case": [fact["text"] for fact in document["presentation"]["facts"]],
        "not_used": document["presentation"]["unused"],
        "contradiction": [fact["text"] for fact in document["contradiction"]],
        "follows": [{"what": item["text"], "from": item["from"]} for item in document["derived"]],
        "therapies": [_therapy(result, statements, most) for result in told],
        "therapies_that_depend_on_what_is_unknown": sorted({one["label"] for one in results} - {one["label"] for one in told}),
        "find_out_next": [f"{test['label']} (would help to decide {test['statements']} statements)" for test in document["next_tests"][:10]],
        "as_of": document["as_of"],
        "version": document["version"],
        "notice": document["notice"],
    }


def _therapy(result: Mapping[str, Any], statements: Mapping[str, Mapping[str, Any]], most: int) -> Json:
    said = [statements[one["statement"]] for one in result["statements"] if one["statement"] in statements]
    ordered = sorted(said, key=lambda one: OPEN_TOO.index(one["verdict"]) if one["verdict"] in OPEN_TOO else len(OPEN_TOO))
    shown = [_verdict(one) for one in ordered[:most]]
    limits = [gate for gate in result["gates"] if gate["holds"] != "does_not_apply"]
    decided = [gate for gate in limits if gate["status"] in ("met", "not_met")]
    return {
        "therapy": f"{result['label']} ({result['therapy']})",
        "aim": result["aim"],
        "summary": result["summary"],
        "statements": shown,
        "statements_in_all": len(said),
        "limits": [{"limit": gate["text"], "consequence": gate["consequence"], "status": gate["status"], "source": gate["source"]} for gate in decided],
        "limits_to_check": sorted({f"{gate['text']}: {gate['consequence']}" for gate in limits if gate not in decided}),
    }


def _verdict(statement: Mapping[str, Any]) -> Json:
    found = {
        "id": statement["statement"],
        "verdict": statement["verdict"],
        "why": statement["sentence"],
        "says": statement["gist"],
        "kind": statement["kind"],
        "direction": statement["direction"],
        "strength": statement["strength"],
        "sources": [_source(source) for source in statement["source"]],
        "curation": statement["curation"],
        "limits_beyond": statement["population_note"],
    }
    return {key: value for key, value in found.items() if value}


def _group(group: Mapping[str, Any], most: int) -> Json:
    return {"kind": group["kind"], "in_all": group["count"], "items": [brief_item(item) for item in group["items"][:most]]}


def _source(source: Mapping[str, Any]) -> str:
    name = source.get("label") or source.get("title") or source["iri"]
    return f"{name} <{source['url']}>" if source.get("url") else str(name)


def _name(link: Mapping[str, Any]) -> str:
    return str(link["label"] or link["curie"])


def _cell(cell: Mapping[str, Any] | None) -> str | None:
    if cell is None:
        return None
    if cell["type"] == "uri":
        return f"{cell['label']} ({cell['curie']})" if cell.get("label") else str(cell["curie"])
    return str(cell["value"])
