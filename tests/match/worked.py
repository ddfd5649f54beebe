"""Reads the worked cases of ``cases/`` and says in what a matcher differs from what they expect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.errors import NetKGError
from kg.graph import Graph
from kg.match.case import load_case, read_case
from kg.match.match import Match, Matcher
from kg.match.presentation import Fact, Presentation
from kg.match.verdict import Status, Verdict
from kg.model.feature import Feature
from kg.model.population import OneOf, describe
from kg.prefixes import NET
from kg.store import select
from kg.terms import Terms

FOLDER = Path(__file__).resolve().parents[2] / "cases"
KEYS = {"title", "why", "case", "expect", "sources"}
OPTIONAL = {"case"}


@dataclass(frozen=True)
class Worked:
    """One worked case.

    :param document: what the file says
    """

    path: Path
    document: Mapping[str, object]

    @property
    def name(self) -> str:
        """The file name without its ending."""
        return self.path.stem

    @property
    def case(self) -> Mapping[str, object]:
        """What is known, in the case format; without its name."""
        return {key: value for key, value in _mapping(self.document.get("case") or {}).items() if key != "id"}

    @property
    def expect(self) -> Mapping[str, object]:
        """What must follow."""
        return _mapping(self.document["expect"])

    def presentation(self, terms: Terms) -> Presentation:
        """Return the case as the matcher takes it.

        :raises CaseError: when it is not in the case format
        """
        return read_case(self.document.get("case") or {}, terms, where=self.path.name)

    def stated(self, terms: Terms, key: str) -> set[str]:
        """Return the values that the case states for a feature as present or possible."""
        criteria = (fact.criterion for fact in self.presentation(terms).facts)
        return {value for criterion in criteria if isinstance(criterion, OneOf) and criterion.feature.key == key for value in criterion.values}


def read_worked(path: Path) -> Worked:
    """Return one worked case.

    :raises CaseError: when the file is not YAML as cases may use it
    """
    return Worked(path, _mapping(load_case(path)))


class Checker:
    """Compares what worked cases expect with what a matcher says."""

    def __init__(self, matcher: Matcher, records: Iterable[str]) -> None:
        self.matcher = matcher
        self.terms = matcher.terms
        self.records = frozenset(records)
        self.statements = {statement.id for statement in matcher.statements}

    def differences(self, worked: Worked) -> list[str]:
        """Return one line for each difference, and for each thing in the file that cannot be checked."""
        found = list(_shape(worked.document))
        if found:
            return found
        try:
            presentation = worked.presentation(self.terms)
        except NetKGError as error:
            return [f"case: {error}"]
        found.extend(f"case: {unused.path} is not used: {unused.reason}" for unused in presentation.unused)
        found.extend(f"sources: nothing is called {name}" for name in _texts(worked.document["sources"]) if name not in self.records)
        match = self.matcher.match(presentation)
        if match.situation is None and "contradiction" not in worked.expect:
            return [*found, f"the case contradicts itself: {', '.join(_keys(match.contradiction))}"]
        checks = _Checks(self, match)
        for key, expected in worked.expect.items():
            if key not in checks.all:
                found.append(f"expect: no key is called {key!r}; allowed are {', '.join(checks.all)}")
                continue
            if not expected and key != "ruled_out":
                found.append(f"expect: {key} is empty")
                continue
            try:
                found.extend(f"{key}: {line}" for line in checks.all[key](expected))
            except (NetKGError, TypeError) as error:
                found.append(f"{key}: {error}")
        return found


class _Checks:
    """The keys of ``expect`` for one match."""

    def __init__(self, checker: Checker, match: Match) -> None:
        self.checker = checker
        self.terms = checker.terms
        self.match = match
        self.all: dict[str, Callable[[object], Iterator[str]]] = {
            "verdicts": self.verdicts,
            "deciding": self.deciding,
            "derived": self.derived,
            "not_derived": self.not_derived,
            "ruled_out": self.ruled_out,
            "therapies": self.therapies,
            "gates": self.gates,
            "contradiction": self.contradiction,
        }

    @cached_property
    def _found(self) -> dict[str, Verdict]:
        return {outcome.statement.id: outcome.verdict for outcome in self.match.outcomes}

    def verdicts(self, expected: object) -> Iterator[str]:
        """Statement key → verdict."""
        for statement, wanted in _mapping(expected).items():
            if wanted not in set(Verdict):
                yield f"{statement}: {wanted!r} is no verdict"
            elif statement not in self._found:
                yield f"{statement}: {'is not current' if statement in self.checker.statements else 'no statement is called so'}"
            elif self._found[statement] != wanted:
                yield f"{statement}: {self._found[statement]}, expected {wanted}; its population is {self._scope(statement)}"

    def _scope(self, statement: str) -> str:
        return next(outcome.statement.population.text for outcome in self.match.outcomes if outcome.statement.id == statement)

    def deciding(self, expected: object) -> Iterator[str]:
        """Statement key → sets of features, any one of which decides."""
        for statement, wanted in _mapping(expected).items():
            sets = {frozenset(_texts(features)) for features in _list(wanted)}
            if unknown := {key for keys in sets for key in keys} - self.terms.features.keys():
                yield f"{statement}: no feature is called {', '.join(sorted(unknown))}"
                continue
            found = {frozenset(criterion.feature.key for criterion in criteria) for criteria in self.match.explain(statement).deciding}
            if found != sets:
                yield f"{statement}: {_sets(found)}, expected {_sets(sets)}; its population is {self._scope(statement)}"

    def derived(self, expected: object) -> Iterator[str]:
        """Feature → value that follows by rule; a list means one of these, where no more is certain."""
        found = {derived.feature.key: derived.text for derived in self.match.derived}
        for key, value in _mapping(expected).items():
            feature = self._feature(key)
            values = _texts(value if isinstance(value, list) else [value])
            wanted = describe(OneOf(feature, tuple(sorted(self._value(feature, text) for text in values))), self.terms)
            if found.get(key) != wanted:
                yield f"{found.get(key) or f'nothing follows for {key}'}, expected {wanted}"

    def not_derived(self, expected: object) -> Iterator[str]:
        """Features for which no single value follows."""
        found = {derived.feature.key: derived.text for derived in self.match.derived}
        for key in _texts(expected):
            if self._feature(key).key in found:
                yield f"{found[key]}, expected nothing"

    def ruled_out(self, expected: object) -> Iterator[str]:
        """Feature → values that it cannot have; every value of the feature that is not listed must be possible when it is a closed list."""
        for key, values in _mapping(expected).items():
            feature = self._feature(key)
            excluded = {self._value(feature, value) for value in _texts(values)}
            asked = excluded | set(self.terms.codes.get(feature.range, {}).values())
            for value in sorted(asked):
                possible = self._possible(Fact(OneOf(feature, (value,)), key, ""))
                if possible == (value in excluded):
                    yield f"{key} {self.terms.labels[value]} is {'possible' if possible else 'ruled out'}"

    def _possible(self, fact: Fact) -> bool:
        return self.checker.matcher.engine.situation([*self.match.presentation.facts, fact]) is not None

    def therapies(self, expected: object) -> Iterator[str]:
        """Therapy → aim → summary."""
        found = {(result.therapy, result.aim): result.summary for result in self.match.therapies}
        for therapy, aims in _mapping(expected).items():
            iri = self.terms.resolve(therapy)
            for aim, wanted in _mapping(aims).items():
                if found.get((iri, aim)) != wanted:
                    yield f"{therapy}, {aim}: {found.get((iri, aim), 'no statement speaks of it')}, expected {wanted}"

    def gates(self, expected: object) -> Iterator[str]:
        """Key of a safety limit → whether it is met."""
        found = {gate.gate.iri.rpartition("/")[2]: gate.status for result in self.match.therapies for gate in result.gates}
        for name, wanted in _mapping(expected).items():
            if wanted not in set(Status):
                yield f"{name}: {wanted!r} is no status"
            elif found.get(name) != wanted:
                yield f"{name}: {found.get(name, 'is not shown')}, expected {wanted}"

    def contradiction(self, expected: object) -> Iterator[str]:
        """Features whose facts contradict each other, all of them needed for it."""
        found, wanted = _keys(self.match.contradiction), _texts(expected)
        if sorted(found) != sorted(wanted):
            yield f"{', '.join(found) or 'none'}, expected {', '.join(wanted)}"

    def _feature(self, key: str) -> Feature:
        if key not in self.terms.features:
            raise TypeError(f"no feature is called {key}")
        return self.terms.features[key]

    def _value(self, feature: Feature, text: str) -> str:
        return self.terms.codes.get(feature.range, {}).get(text) or self.terms.resolve(text)


def record_keys(graph: Graph) -> set[str]:
    """Return the keys of all statements, records and documents of a graph."""
    return {str(row[0]).strip("<>").rpartition("/")[2] for row in select(graph.store, f"SELECT ?s WHERE {{ ?s <{NET}curation> ?c }}")}


def decided_by_one_fact(cases: Iterable[Worked]) -> set[str]:
    """Return the statements that one case expects to hang on one feature, and another with just that feature more to apply."""
    everything = list(cases)
    found = set()
    for short in everything:
        deciding = _mapping(short.expect.get("deciding") or {})
        for full in everything:
            added = full.case.keys() - short.case.keys()
            if len(added) == 1 and all(full.case.get(key) == value for key, value in short.case.items()):
                applying = {statement for statement, verdict in _mapping(full.expect.get("verdicts") or {}).items() if verdict == Verdict.APPLIES}
                found |= {statement for statement in applying if deciding.get(statement) == [sorted(added)]}
    return found


def _shape(document: Mapping[str, object]) -> Iterator[str]:
    for key in document:
        if key not in KEYS:
            yield f"no key is called {key!r}; allowed are {', '.join(sorted(KEYS))}"
    for key in sorted(KEYS - OPTIONAL):
        if not document.get(key):
            yield f"{key} is missing or empty"


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} where a mapping is expected")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} where a list is expected")
    return value


def _texts(value: object) -> list[str]:
    return [str(member) for member in _list(value)]


def _keys(facts: Iterable[Fact]) -> list[str]:
    return [fact.criterion.feature.key for fact in facts]


def _sets(sets: Iterable[frozenset[str]]) -> str:
    return " or ".join(sorted("+".join(sorted(members)) for members in sets)) or "nothing"
