"""Our own case format: a mapping of feature keys to values, as YAML or JSON or from ``--set key=value``.

Every key is optional; one that is missing, ``null`` or ``unknown`` is unknown. A value is

* of a list or hierarchy: a name, or a list of names, one of which is true; ``true`` or ``false`` for yes and no;
* of a number: a number, an interval as text, with or without a unit, or the long form ``{value: …, unit: …}``;
* of a set: a name or a list of names, all of which are present; ``none`` when nothing of the kind is present; or a mapping
  of names to present and absent, also ``{present: […], absent: […]}``. The key ``absent`` of the case lists what was
  looked for and is not there, whatever the set.

``case.schema.json`` is the same as a JSON Schema. Nothing is guessed: what is not understood is refused, with its place
and what would be allowed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from kg.errors import CaseError, UnknownTermError
from kg.match.document import load_case as load_case  # noqa: PLC0414 - part of this module's face
from kg.match.document import parse_yaml
from kg.match.names import Names, is_identifier
from kg.match.place import Place, shown
from kg.match.presentation import Fact, Presentation, Unused
from kg.match.quantity import read_quantity
from kg.model.feature import Feature, FeatureKind
from kg.model.interval import Interval, plain
from kg.model.population import Absent, Criterion, OneOf, Within
from kg.prefixes import NET
from kg.terms import Terms

ID, ABSENT, PRESENT, UNKNOWN, NONE = "id", "absent", "present", "unknown", "none"
SETTING = "--set"
"""The option of the command line that states one key."""
SIZE, SIZE_KEY = "size", "size_mm"
"""A second spelling of a key, whose value says its unit."""
SSTR, STATUS, KRENNING = "sstr", "status", "krenning"
"""A feature whose value can be a mapping with a second feature inside."""

_YES_NO = {"yes", "no"}
_IS_PRESENT = {"yes", "true", "present", "positive"}
_IS_ABSENT = {"no", "false", "absent", "negative"}
_STATES = {
    "methylated": ("methylation", True),
    "unmethylated": ("methylation", False),
    "not methylated": ("methylation", False),
    "mutated": ("mutation", True),
    "not mutated": ("mutation", False),
    "expressed": ("expression", True),
    "not expressed": ("expression", False),
    "altered": ("alteration", True),
    "not altered": ("alteration", False),
    "deficient": ("deficiency", True),
    "not deficient": ("deficiency", False),
    "fused": ("fusion", True),
    "not fused": ("fusion", False),
}
"""State of a marker → the noun in the name of the value, and whether it is present: {MGMT: methylated}."""


REGIONAL_NODE = NET + "RegionalLymphNode"
"""A site that disease reaches without being distant."""


class Lookup(Protocol):
    """Finds our terms by identifiers of other vocabularies."""

    def lookup(self, identifier: str, /) -> Iterable[tuple[str, str]]:
        """Return pairs of our term and the SKOS predicate that relates it to the identifier."""
        ...


@dataclass(frozen=True, slots=True)
class _Stated:
    """A value that a document states for a feature."""

    place: Place
    value: object
    unit_required: bool = False


class _UnusableError(Exception):
    """An identifier is known, and what it means is not exactly one of our terms."""

    def __init__(self, unused: Unused) -> None:
        super().__init__(unused.reason)
        self.unused = unused


def read_case(
    document: object, terms: Terms, *, where: str = "case", vocabulary: Lookup | None = None, origins: Mapping[str, str] | None = None
) -> Presentation:
    """Return what a document says of one situation. For many documents keep a :class:`CaseReader`.

    :param document: mappings, lists, text, numbers and truth values, for instance from :func:`load_case`
    :param where: name of the document, for errors
    :param vocabulary: finds values by identifiers of other vocabularies
    :param origins: path of a key → the path that facts and errors name instead, when the case was made from something else
    :raises CaseError: when anything in it is not understood
    """
    return CaseReader(terms, vocabulary).read(document, where=where, origins=origins)


def from_settings(settings: Iterable[str], terms: Terms, *, vocabulary: Lookup | None = None) -> Presentation:
    """Return what options of the form ``key=value`` say; a value in brackets or braces is a YAML list or mapping.

    :raises CaseError: when one is not understood or a key is set twice
    """
    document = settings_document(settings)
    origins = {Place("").key(key).path: f"{SETTING} {key}" for key in document}
    return read_case(document, terms, where="", vocabulary=vocabulary, origins=origins)


def settings_document(settings: Iterable[str], *, option: str = SETTING) -> dict[str, object]:
    """Return the case that texts of the form ``key=value`` make, not yet understood.

    :param option: what introduces them, for errors
    :raises CaseError: when one has another form or a key is set twice
    """
    document: dict[str, object] = {}
    for setting in settings:
        key, equals, value = (part.strip() for part in setting.partition("="))
        if not equals or not key or not value:
            raise CaseError(f"{shown(setting)} is not of the form key=value", where=option)
        if key in document:
            raise CaseError(f"the key {shown(key)} is set twice", where=option, hint="several values are one list: key=[one, two]")
        truth = {"true": True, "false": False}.get(value.casefold())
        where = f"{option} {shown(key)[1:-1]}".strip()
        document[key] = truth if truth is not None else _bracketed(where, value) if value[0] in "[{" else value
    return document


def _bracketed(where: str, value: str) -> object:
    """Return the list or mapping that is set, which has no lines worth naming."""
    try:
        return parse_yaml(value, where="")
    except CaseError as error:
        raise CaseError(error.message, where=where, hint=error.hint) from error


class CaseReader:
    """Reads cases; what it needs of the ontology is looked up once.

    :param vocabulary: finds values by identifiers of other vocabularies
    """

    def __init__(self, terms: Terms, vocabulary: Lookup | None = None) -> None:
        self._terms = terms
        self._vocabulary = vocabulary
        self._names: dict[str, Names] = {}

    def read(self, document: object, *, where: str = "case", origins: Mapping[str, str] | None = None) -> Presentation:
        """Return what a document says; see :func:`read_case`.

        :raises CaseError: when anything in it is not understood
        """
        place = Place(where, origins=origins or {})
        if not isinstance(document, Mapping):
            raise place.refused(f"a case is a mapping of keys to values, not {_sort(document)}", "a case of which nothing is known is written {}")
        reading = _Reading(self, place)
        stated = reading.stated(document)
        for key in sorted(stated, key=lambda key: self._terms.features[key].order):
            reading.feature(self._terms.features[key], stated[key])
        reading.absent(document.get(ABSENT))
        return reading.presentation(document.get(ID))

    @property
    def terms(self) -> Terms:
        """The ontology's index."""
        return self._terms

    def names(self, feature: Feature) -> Names:
        """Return the names of the values of a feature."""
        if feature.key not in self._names:
            self._names[feature.key] = Names(feature, self._terms)
        return self._names[feature.key]

    def mapped(self, text: str) -> list[tuple[str, str]] | None:
        """Return our terms for an identifier of another vocabulary with the predicate's name; nothing if it is none."""
        if self._vocabulary is None or ":" not in text:
            return None
        found = [(iri, _local(predicate)) for iri, predicate in self._vocabulary.lookup(text)]
        return found if found or is_identifier(text) else None


def _local(predicate: str) -> str:
    return predicate.replace("#", "/").replace(":", "/").rpartition("/")[2]


class _Reading:
    """The reading of one document."""

    def __init__(self, reader: CaseReader, place: Place) -> None:
        self._reader = reader
        self._features = reader.terms.features
        self._place = place
        self._facts: dict[Criterion, Fact] = {}
        self._unused: list[Unused] = []

    def stated(self, document: Mapping[object, object]) -> dict[str, _Stated]:
        """Return what the keys state, by feature."""
        found: dict[str, _Stated] = {}
        for key, value in document.items():
            if key in (ID, ABSENT):
                continue
            if not isinstance(key, str):
                raise self._place.refused(f"the key {shown(key)} is not text")
            place = self._place.key(key)
            for feature, stated in self._spelt_out(key, value, place):
                if feature in found:
                    raise stated.place.refused(f"{feature} is stated twice, here and at {found[feature].place.name}", "state it once")
                found[feature] = stated
        return found

    def _spelt_out(self, key: str, value: object, place: Place) -> Iterator[tuple[str, _Stated]]:
        if key == SIZE and SIZE_KEY in self._features:
            yield SIZE_KEY, _Stated(place, value, unit_required=True)
        elif key == SSTR and isinstance(value, Mapping) and {SSTR, KRENNING} <= self._features.keys():
            if not value:
                raise place.refused("the mapping is empty", "leave the key out when nothing is known")
            for part, member in value.items():
                if part not in (STATUS, KRENNING):
                    raise place.refused(f"{SSTR} has no key {shown(part)}", f"allowed are {STATUS}, {KRENNING}")
                yield (SSTR if part == STATUS else KRENNING), _Stated(place.key(str(part)), member)
        elif key in self._features:
            yield key, _Stated(place, value)
        else:
            raise place.refused(f"no feature is called {shown(key)}", self._near_keys(key))

    def _near_keys(self, key: str) -> str:
        keys = {name: name for name in (ID, *self._features, SIZE, ABSENT)} | {feature.name.casefold(): name for name, feature in self._features.items()}
        near = dict.fromkeys(keys[name] for name in difflib.get_close_matches(key[:100].casefold(), keys, n=3))
        return f"did you mean {' or '.join(near)}?" if near else "list the keys with: netkg questions"

    def feature(self, feature: Feature, stated: _Stated) -> None:
        """Read the value of a feature."""
        place, value = stated.place, stated.value
        if _is_unknown(value):
            return
        match feature.kind:
            case FeatureKind.NUMBER:
                interval = read_quantity(feature, value, place, unit_required=stated.unit_required)
                self._add(Within(feature, interval), place, _written(value))
            case FeatureKind.SET:
                self._set(feature, value, place)
            case _:
                self._one_of(feature, value, place)

    def _one_of(self, feature: Feature, value: object, place: Place) -> None:
        try:
            values = [self._value(feature, member, at) for member, at in _members(value, place)]
        except _UnusableError as error:  # one of several that is lost would make the others mean more than was said
            self._unused.append(error.unused)
        else:
            self._add(OneOf(feature, tuple(sorted(set(values)))), place, _written(value))

    def _set(self, feature: Feature, value: object, place: Place) -> None:
        if value is False or (isinstance(value, str) and value.strip().casefold() == NONE):
            self._add(Absent(feature, feature.range), place, _written(value))
        elif value is True:
            raise place.refused("that something is present says too little", "name what is present")
        elif isinstance(value, Mapping):
            self._states(feature, value, place)
        else:
            self._each(feature, value, place, present=True)

    def _each(self, feature: Feature, value: object, place: Place, *, present: bool) -> None:
        for member, at in _members(value, place):
            self._add_member(feature, _text(member, at), at, present=present)

    def _states(self, feature: Feature, value: Mapping[object, object], place: Place) -> None:
        if not value:
            raise place.refused("the mapping is empty", "leave the key out when nothing is known")
        for key, state in value.items():
            if not isinstance(key, str):
                raise place.refused(f"the key {shown(key)} is not text")
            at = place.key(key)
            if key in (PRESENT, ABSENT):
                if not _is_unknown(state):
                    self._each(feature, state, at, present=key == PRESENT)
            elif not _is_unknown(state):
                self._state(feature, _text(key, place), state, at)

    def _state(self, feature: Feature, name: str, state: object, place: Place) -> None:
        """Read one marker with its state: ``MGMT: methylated``, ``liver: no``."""
        if isinstance(state, bool):
            self._add_member(feature, name, place, present=state)
            return
        word = " ".join(_text(state, place).casefold().split())
        if word in _IS_PRESENT | _IS_ABSENT:
            self._add_member(feature, name, place, present=word in _IS_PRESENT)
            return
        noun, present = _STATES.get(word, (word, True))
        try:
            self._add_member(feature, f"{name} {noun}", place, present=present)
        except CaseError as error:
            raise place.refused(f"{shown(name)} cannot be {shown(state)}: {error.message}", error.hint or "write yes, no or unknown") from error

    def _add_member(self, feature: Feature, text: str, place: Place, *, present: bool) -> None:
        try:
            iri = self._value(feature, text, place, present=present)
        except _UnusableError as error:
            self._unused.append(error.unused)
        else:
            if present and feature.key == "metastases" and iri == REGIONAL_NODE:
                raise place.refused("a regional lymph node is no distant metastasis", "write nodes: positive")
            self._add(OneOf(feature, (iri,)) if present else Absent(feature, iri), place, text)

    def absent(self, value: object) -> None:
        """Read what was looked for and is not there: it is absent in every set feature to which it belongs."""
        place = self._place.key(ABSENT)
        if _is_unknown(value):
            return
        for member, at in _members(value, place):
            text = _text(member, at)
            for feature, iri in self._absent_value(text, at):
                self._add(Absent(feature, iri), at, text)

    def _absent_value(self, text: str, place: Place) -> list[tuple[Feature, str]]:
        found: list[tuple[Feature, str]] = []
        unusable: _UnusableError | None = None
        refused: list[CaseError] = []
        sets = [feature for feature in self._features.values() if feature.kind is FeatureKind.SET]
        for feature in sets:
            try:
                found.append((feature, self._value(feature, text, place, present=False)))
            except _UnusableError as error:
                unusable = error
            except CaseError as error:
                refused.append(error)
        if found or unusable:
            if unusable and not found:
                self._unused.append(unusable.unused)
            return found
        hints = [error.hint for error in refused if error.hint.startswith(("did you mean", "write "))]
        wider = next((error.message for error in refused if "it does not follow" in error.message), "")
        message = wider or f"{shown(text)} is not a value of {' or '.join(feature.key for feature in sets)}"
        raise place.refused(message, hints[0] if hints else "search with: netkg show WORD")

    def _value(self, feature: Feature, value: object, place: Place, *, present: bool = True) -> str:
        """Return the value of a list, hierarchy or set that a document names."""
        names = self._reader.names(feature)
        if isinstance(value, bool):
            if set(self._reader.terms.codes.get(feature.range, {})) != _YES_NO:
                raise place.refused(f"{feature.name} is not a question of yes or no", f"name the value: {self._examples(feature)}")
            value = "yes" if value else "no"
        text = _text(value, place)
        if _is_unknown(text):
            raise place.refused("an unknown value among others says nothing", "leave it out, or write unknown in place of the list")
        try:
            return names.find(text, present=present)
        except UnknownTermError as error:
            mapped = self._reader.mapped(text)
            if mapped is None:
                raise place.refused(error.message, error.hint) from error
        return self._mapped(names, mapped, text, place, present=present)

    def _mapped(self, names: Names, mapped: list[tuple[str, str]], text: str, place: Place, *, present: bool) -> str:
        """Return the term that an identifier of another vocabulary means or, where that suffices, implies."""
        if not mapped:
            raise place.refused(f"the identifier {shown(text)} is not mapped to a term", "write the name")
        ours = [(iri, predicate) for iri, predicate in mapped if iri in names]
        if not ours:
            raise place.refused(f"{shown(text)} is not a value of {names.feature.name}")
        implying = "narrowMatch" if present else "broadMatch"
        for wanted in ("exactMatch", implying):
            found = sorted({iri for iri, predicate in ours if predicate == wanted})
            if len(found) == 1:
                return found[0]
            if found:
                labels = " or ".join(names.label(iri) for iri in found)
                raise place.refused(f"the identifier {shown(text)} can mean several values", f"write {labels}")
        iri, predicate = min(ours)
        reason = f"it is no exact match: {names.label(iri)} has it as {predicate}, from which {'presence' if present else 'absence'} does not follow"
        raise _UnusableError(Unused(place.name, text, reason))

    def _examples(self, feature: Feature) -> str:
        codes = sorted(self._reader.terms.codes.get(feature.range, {}))
        return ", ".join(codes) if codes else f"a kind of {self._reader.terms.labels.get(feature.range, feature.name)}"

    def _add(self, criterion: Criterion, place: Place, text: str) -> None:
        self._facts.setdefault(criterion, Fact(criterion, place.name, text))

    def presentation(self, identifier: object) -> Presentation:
        """Return what was read, when no value is both present and absent."""
        sets = [fact for fact in self._facts.values() if fact.criterion.feature.kind is FeatureKind.SET]
        present = {fact.criterion.values[0]: fact for fact in sets if isinstance(fact.criterion, OneOf)}
        for fact in sets:
            if isinstance(fact.criterion, Absent) and (other := present.get(fact.criterion.value)):
                label = self._reader.terms.labels.get(fact.criterion.value, fact.text)
                where = ": ".join(part for part in (self._place.document, fact.path) if part)
                raise CaseError(f"{label} is stated both as absent, here, and as present, at {other.path}", where=where)
        facts = sorted(self._facts.values(), key=lambda fact: _sort_key(fact.criterion))
        return Presentation(self._id(identifier), tuple(facts), tuple(self._unused))

    def _id(self, identifier: object) -> str:
        place = self._place.key(ID)
        if identifier is None:
            return ""
        if isinstance(identifier, str):
            return _text(identifier, place)
        if isinstance(identifier, int | Decimal) and not isinstance(identifier, bool) and len(shown(identifier)) <= 40:  # noqa: PLR2004
            return str(identifier)
        raise place.refused(f"{shown(identifier)} is not a name of a case")


def _sort_key(criterion: Criterion) -> tuple[int, int, str]:
    """Order of facts, which does not depend on the order of a document."""
    match criterion:
        case Within():
            return criterion.feature.order, 0, str(criterion.interval)
        case OneOf():
            return criterion.feature.order, 0, "|".join(criterion.values)
    return criterion.feature.order, 1, criterion.value


def _sort(value: object) -> str:
    """Return in a word what sort of value stands where something else should."""
    if value is None:
        return "nothing"
    return {"list": "a list", "tuple": "a list", "str": "text", "bool": "true or false"}.get(type(value).__name__, shown(value))


def _is_unknown(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip().casefold() == UNKNOWN)


def _members(value: object, place: Place) -> list[tuple[object, Place]]:
    """Return the members of a list with their places; a value alone is a list of one."""
    if not isinstance(value, list | tuple):
        return [(value, place)]
    if not value:
        raise place.refused("the list is empty", "leave the key out when it is unknown; write none, or use absent, for what was looked for and is not there")
    return [(member, place.item(position)) for position, member in enumerate(value)]


def _text(value: object, place: Place) -> str:
    """Return a name as text.

    :raises CaseError: when it is none
    """
    if not isinstance(value, str):
        raise place.refused(f"{shown(value)} is not a name")
    if not value.strip():
        raise place.refused("the text is empty", "write unknown, or leave the key out")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise place.refused("the text is not Unicode") from error
    return value.strip()


def _written(value: object) -> str:
    """Return a value that was understood as it was written, on one line."""
    match value:
        case bool():
            return str(value).lower()
        case list() | tuple():
            return " or ".join(_written(member) for member in value)
        case Mapping():
            return ", ".join(f"{key}: {_written(member)}" for key, member in value.items() if member is not None)
    return str(value).strip()


def write_case(presentation: Presentation, terms: Terms) -> dict[str, object]:
    """Return the case of our own format that says the same, in a form that two equal cases share.

    Values are written by local names and codes, which never change.

    :raises CaseError: when the facts cannot be written as a case: two facts on one single value
    """
    case: dict[str, object] = {ID: presentation.id} if presentation.id else {}
    found: dict[str, list[Criterion]] = {}
    for fact in sorted(presentation.facts, key=lambda fact: _sort_key(fact.criterion)):
        if fact.criterion not in found.setdefault(fact.criterion.feature.key, []):
            found[fact.criterion.feature.key].append(fact.criterion)
    shared = _absent_everywhere(found, terms)
    for key, criteria in found.items():
        if terms.features[key].kind is FeatureKind.SET:
            if written := _written_set(criteria, shared):
                case[key] = written
        else:
            case[key] = _written_value(criteria, terms, presentation.id)
    if shared:
        case[ABSENT] = sorted(iri.removeprefix(NET) for iri in shared)
    return case


def _absent_everywhere(found: Mapping[str, list[Criterion]], terms: Terms) -> set[str]:
    """Return the values that are absent in every set feature to which they belong, so that the key ``absent`` says it."""
    absent: dict[str, set[str]] = {}
    for key, criteria in found.items():
        for criterion in criteria:
            if isinstance(criterion, Absent):
                absent.setdefault(criterion.value, set()).add(key)
    sets = [feature for feature in terms.features.values() if feature.kind is FeatureKind.SET]
    return {iri for iri, keys in absent.items() if keys == {feature.key for feature in sets if feature.range in terms.ancestors(iri)}}


def _written_set(criteria: list[Criterion], shared: set[str]) -> object:
    present = [criterion.values[0].removeprefix(NET) for criterion in criteria if isinstance(criterion, OneOf)]
    absent = [criterion.value.removeprefix(NET) for criterion in criteria if isinstance(criterion, Absent) and criterion.value not in shared]
    if any(isinstance(criterion, OneOf) and len(criterion.values) > 1 for criterion in criteria):
        raise CaseError("one of several values of a set cannot be written", where=criteria[0].feature.key)
    if not absent:
        return present
    return {PRESENT: present, ABSENT: absent} if present else {ABSENT: absent}


def _written_value(criteria: list[Criterion], terms: Terms, identifier: str) -> object:
    first, *others = criteria
    if others:
        raise CaseError(f"{first.feature.key} has {len(criteria)} facts, and a case states it once", where=identifier)
    if isinstance(first, Within):
        return _written_interval(first.interval)
    if not isinstance(first, OneOf):
        raise CaseError(f"{first.feature.key} is no set, and nothing of it can be absent", where=identifier)
    codes = {iri: code for code, iri in terms.codes.get(first.feature.range, {}).items()}
    values = sorted(codes.get(iri) or iri.removeprefix(NET) for iri in first.values)
    if len(values) > 1:
        return values
    return values[0] == "yes" if set(codes.values()) == _YES_NO else values[0]


def _written_interval(interval: Interval) -> object:
    """Return an interval as text, and a single number as a number where that is exact."""
    if interval.low is None or interval.low != interval.high:
        return str(interval)
    number = interval.low
    if number == number.to_integral_value():
        return int(number)
    return float(number) if Decimal(repr(float(number))) == number else plain(number)
