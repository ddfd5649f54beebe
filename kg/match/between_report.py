"""Disagreements, special cases and gaps as data, as text and as Markdown: always with notice, version and sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kg.match.between import Conflict, Conflicts, Coverage, Gaps, Region, SpecialCase, Standing, Value
from kg.match.statements import Statement
from kg.model.population import OneOf, Within, describe, describe_population
from kg.prefixes import compress
from kg.terms import Terms

STANDINGS = {
    Standing.SAME: "both are about the same situations",
    Standing.WITHIN: "the advice in favour is about a part of the situations of the other",
    Standing.AROUND: "what speaks against is about a part of the situations of the advice in favour",
    Standing.OVERLAP: "the two scopes overlap",
}


def statement_as_data(statement: Statement, terms: Terms) -> dict[str, Any]:
    """Return a statement with its scope and sources."""
    return {
        "statement": compress(statement.iri),
        "kind": statement.kind,
        "gist": statement.gist,
        "therapies": [{"therapy": compress(iri), "label": terms.labels.get(iri, iri)} for iri in statement.therapies],
        "combination": statement.combination,
        "aims": list(statement.aims),
        "direction": statement.direction,
        "strength": statement.strength or None,
        "jurisdiction": statement.jurisdiction or None,
        "issued": statement.issued or None,
        "population": statement.population.text,
        "population_text": describe_population(statement.population, terms),
        "population_note": statement.population_note or None,
        "source": [{"iri": source.iri, "title": source.title, "url": source.url or None} for source in statement.sources],
        "read_at": list(statement.read_at),
        "curation": statement.curation,
        "note": statement.note or None,
    }


def conflicts_as_data(answer: Conflicts, terms: Terms, special: Sequence[SpecialCase] | None = None) -> dict[str, Any]:
    """Return disagreements, and special cases when they were asked for, as ``netkg conflicts --format json`` prints them."""
    data: dict[str, Any] = {
        "version": answer.version,
        "notice": answer.notice,
        "as_of": answer.as_of or None,
        "conflicts": [
            {
                "scopes": conflict.standing.value,
                "aims": list(conflict.aims),
                "therapies": [[compress(one), compress(other)] for one, other in conflict.therapies],
                "overlap": conflict.overlap.text,
                "overlap_text": describe_population(conflict.overlap, terms),
                "favour": statement_as_data(conflict.favour, terms),
                "against": statement_as_data(conflict.against, terms),
            }
            for conflict in answer.found
        ],
    }
    if special is not None:
        data["special_cases"] = [
            {
                "same_direction": case.same_direction,
                "aims": list(case.aims),
                "therapies": [[compress(one), compress(other)] for one, other in case.therapies],
                "narrow": statement_as_data(case.narrow, terms),
                "wide": statement_as_data(case.wide, terms),
            }
            for case in special
        ]
    return data


def conflicts_as_text(answer: Conflicts, terms: Terms, special: Sequence[SpecialCase] | None = None, *, markdown: bool = False) -> Iterator[str]:
    """Yield the lines of disagreements, and of special cases when they were asked for."""
    head, bullet = ("## ", "- ") if markdown else ("", "  ")
    nested = sum(conflict.standing is not Standing.OVERLAP for conflict in answer.found)
    yield f"{'# ' if markdown else ''}Where sources disagree: {len(answer.found)} pair(s), {nested} of them with one scope within the other"
    for conflict in answer.found:
        yield ""
        yield f"{head}{_about(conflict, terms)}"
        yield f"{bullet}common situations: {describe_population(conflict.overlap, terms)} — {STANDINGS[conflict.standing]}"
        yield from _statement_lines("for", conflict.favour, terms, bullet)
        yield from _statement_lines("against", conflict.against, terms, bullet)
    for same, title in ((False, "Special cases in another direction"), (True, "Special cases in the same direction")):
        cases = [case for case in special or () if case.same_direction is same]
        if cases:
            yield ""
            yield f"{'# ' if markdown else ''}{title}: {len(cases)}"
        for case in cases:
            yield ""
            yield f"{head}{case.narrow.id} is a special case of {case.wide.id}: {_names(case.therapies, terms)} ({', '.join(case.aims)})"
            yield from _statement_lines("special", case.narrow, terms, bullet)
            yield from _statement_lines("general", case.wide, terms, bullet)
    yield ""
    yield "A narrow exception within a broad advice is often a refinement and no contradiction: read both scopes and notes."
    yield _end(answer.notice, answer.version, answer.as_of)


def _about(conflict: Conflict, terms: Terms) -> str:
    return f"{_names(conflict.therapies, terms)} ({', '.join(conflict.aims)}): {conflict.favour.id} against {conflict.against.id}"


def _names(pairs: Sequence[tuple[str, str]], terms: Terms) -> str:
    names = []
    for one, other in pairs:
        first, second = terms.labels.get(one, one), terms.labels.get(other, other)
        names.append(first if one == other else f"{first} / {second}")
    return ", ".join(dict.fromkeys(names))


def _statement_lines(role: str, statement: Statement, terms: Terms, bullet: str) -> Iterator[str]:
    strength = f" ({statement.strength})" if statement.strength else ""
    yield f"{bullet}{role}: {statement.id} · {statement.direction}{strength} · {statement.gist}"
    note = f" · note: {statement.population_note}" if statement.population_note else ""
    yield f"  {bullet}for whom: {describe_population(statement.population, terms)}{note}"
    yield f"  {bullet}source: {_sources(statement)}"


def _sources(statement: Statement) -> str:
    titles = "; ".join(source.title + (f" {source.url}" if source.url else "") for source in statement.sources)
    return f"{titles}{f' · issued {statement.issued}' if statement.issued else ''} · read: {statement.curation}"


def _end(notice: str, version: str, as_of: str) -> str:
    return f"{notice} Graph version {version}{f', as of {as_of}' if as_of else ''}."


def value_in_words(value: Value, terms: Terms) -> str:
    """Return a value of an axis without the name of its feature: ``ileum or jejunum``, ``≥ 2``."""
    words = []
    for criterion in value.criteria:
        match criterion:
            case OneOf(_, values):
                words.append(" or ".join(sorted(terms.labels[iri] for iri in values)))
            case Within(_, interval):
                words.append(interval.words())
            case _:
                words.append(describe(criterion, terms))
    return " and ".join(words)


def region_in_words(region: Region, gaps: Gaps, terms: Terms) -> str:
    """Return a region as a phrase; a feature of which it has all values of the grid is not named."""
    parts = []
    for axis, values in zip(gaps.grid, region.values, strict=True):
        if len(values) < len(axis.values) or len(axis.values) == 1:
            name = values[0].criteria[0].feature.name
            parts.append(f"{name}: {', or '.join(value_in_words(value, terms) for value in values)}")
    return "; ".join(parts) or "every situation of the grid"


def gaps_as_data(gaps: Gaps, terms: Terms) -> dict[str, Any]:
    """Return gaps as ``netkg gaps --format json`` prints them."""
    used = {item.iri: item for region in (*gaps.uncovered, *gaps.partly) for item in (*region.statements, *region.aside)}
    return {
        "version": gaps.version,
        "notice": gaps.notice,
        "as_of": gaps.as_of or None,
        "aim": gaps.aim or None,
        "statements_looked_at": gaps.looked_at,
        "grid": {axis.key: [value.text for value in axis.values] for axis in gaps.grid},
        "cells": {coverage.value: gaps.counts[coverage] for coverage in Coverage} | {"impossible": gaps.impossible},
        "uncovered": [_region(region, gaps, terms) for region in gaps.uncovered],
        "partly": [_region(region, gaps, terms) for region in gaps.partly],
        "statements": [statement_as_data(used[iri], terms) for iri in sorted(used)],
    }


def _region(region: Region, gaps: Gaps, terms: Terms) -> dict[str, Any]:
    data: dict[str, Any] = {
        "text": region_in_words(region, gaps, terms),
        "cells": region.size,
        "values": {axis.key: [value.text for value in values] for axis, values in zip(gaps.grid, region.values, strict=True)},
    }
    if region.statements:
        data["applies_if"] = [compress(statement.iri) for statement in region.statements]
        data["further"] = list(region.further)
    if region.aside:
        data["other_advice"] = [compress(statement.iri) for statement in region.aside]
    return data


def gaps_as_text(gaps: Gaps, terms: Terms, *, markdown: bool = False) -> Iterator[str]:
    """Yield the lines of gaps for people."""
    head, bullet = ("## ", "- ") if markdown else ("", "  ")
    counts = gaps.counts
    yield (
        f"{'# ' if markdown else ''}Situations that no statement covers: {counts[Coverage.UNCOVERED]} of {sum(counts.values())}"
        f" ({counts[Coverage.PARTLY]} in part, {counts[Coverage.COVERED]} covered; {gaps.impossible} impossible combinations left out)"
    )
    yield f"{bullet}looked at: {gaps.looked_at} statement(s){f' with the aim {gaps.aim}' if gaps.aim else ''}"
    for axis in gaps.grid:
        yield f"{bullet}{axis.values[0].criteria[0].feature.name}: {', '.join(value_in_words(value, terms) for value in axis.values)}"
    yield ""
    yield f"{head}not covered: every statement is ruled out"
    for region in gaps.uncovered:
        yield f"{bullet}{region_in_words(region, gaps, terms)} ({region.size} cell{'' if region.size == 1 else 's'})"
        for statement in region.aside:
            yield f"  {bullet}{statement.id} is about it: {statement.direction} · {statement.gist} · source: {_sources(statement)}"
    if not gaps.uncovered:
        yield f"{bullet}none"
    yield ""
    yield f"{head}covered in part: statements apply only if something further is so"
    for region in gaps.partly:
        keys = ", ".join(terms.features[key].name for key in region.further)
        yield f"{bullet}{region_in_words(region, gaps, terms)} ({region.size} cell{'' if region.size == 1 else 's'}) — depends on: {keys}"
        for statement in region.statements:
            yield f"  {bullet}{statement.id}: {statement.direction} · {statement.gist} · source: {_sources(statement)}"
    if not gaps.partly:
        yield f"{bullet}none"
    yield ""
    yield "A gap is a gap of this graph: a source that is not in it may cover the situation. A feature that is not named has any value of the grid."
    yield _end(gaps.notice, gaps.version, gaps.as_of)
