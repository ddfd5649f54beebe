"""Search as one types: labels, synonyms and identifiers of all kinds, without regard to case, accents and hyphens."""

from __future__ import annotations

import difflib
import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.graph import NOTICE, Graph
from kg.prefixes import GRAPH, NET, PREFIXES, compress
from kg.query.kept import kept, version
from kg.query.kinds import kind_of
from kg.serve.api.answers import as_json, number_of, parameters, text_of
from kg.serve.api.links import href, local, title
from kg.serve.calls import Reply
from kg.store import select
from kg.terms import LABEL

LONGEST = 200
"""Characters of what is searched for that count."""
MOST = 100
"""Results at most."""
FEW = 3
"""With fewer results than this, names that are merely similar are shown too."""
SIMILAR = 0.6
"""How similar a name must be, between 0 and 1."""
CANDIDATES = 40
"""Names that are compared letter by letter."""
EXACT, PREFIX, WORD, INSIDE, NEAR = range(5)
"""How a name fits, the best first."""

LABELLED, SYNONYM, NUMBERED, LOOSE = range(4)
"""What kind of name fits: a label; an exact synonym; an identifier; a synonym that is broader, narrower or related."""

_WORD = re.compile(r"[^\W\d_]+|\d+")
_QUESTION = "question"
_LAST = ("evidence", "comparison", "population", "value", "named graph", "file")
"""Kinds that come after all others that fit as well."""


def folded(text: str) -> str:
    """Return the words of a text: small letters without accents, numbers apart from letters.

    >>> folded("¹⁷⁷Lu-DOTATATE"), folded("Verner–Morrison"), folded("Phäochromozytom")
    ('177 lu dotatate', 'verner morrison', 'phaochromozytom')
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(plain.casefold()))


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found.

    :param key: IRI, or the name of a stored query
    :param order: place of its kind among results that fit equally well
    """

    key: str
    label: str
    kind: str
    definition: str
    order: int


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an entry.

    :param sort: one of :data:`LABELLED`, :data:`SYNONYM`, :data:`NUMBERED`, :data:`LOOSE`
    """

    entry: Entry
    text: str
    sort: int


class _Column:
    """All names in one text, so that one pass finds those that contain something."""

    def __init__(self, names: Iterable[str]) -> None:
        self._starts: list[int] = []
        parts, at = [], 1
        for name in names:
            self._starts.append(at)
            parts.append(name)
            at += len(name) + 1
        self._text = "\n" + "\n".join(parts) + "\n"

    def find(self, wanted: str, most: int) -> Iterator[tuple[int, int]]:
        """Yield (how it fits, number of the name) for names that contain something; each name may come several times."""
        text, starts = self._text, self._starts
        for before, fit in (("\n", PREFIX), (" ", WORD), ("", INSIDE)):
            at, found = -1, 0
            needle = before + wanted
            while found < most and (at := text.find(needle, at + 1)) >= 0:
                begin = at + len(before)
                exact = fit == PREFIX and text[begin + len(wanted)] == "\n"
                found += 1
                yield EXACT if exact else fit, bisect_right(starts, begin) - 1
            if len(wanted) == 1 and fit == PREFIX:
                return


class Index:
    """Finds entries by their names."""

    def __init__(self, names: Iterable[Name]) -> None:
        unique: dict[tuple[str, str], Name] = {}
        for name in names:
            if words := folded(name.text):
                before = unique.get((words, name.entry.key))
                if before is None or name.sort < before.sort:
                    unique[words, name.entry.key] = name
        self._names = list(unique.values())
        self._words = [words for words, _ in unique]
        self._spaced = _Column(self._words)
        self._compact = _Column(words.replace(" ", "") for words in self._words)
        self._beginnings: dict[str, list[int]] = defaultdict(list)
        self._grams: dict[str, list[int]] = defaultdict(list)
        self._sizes: list[int] = []
        for number, words in enumerate(self._words):
            for word in set(words.split()):
                self._beginnings[word[:2]].append(number)
            grams = _grams(words)
            self._sizes.append(len(grams))
            for gram in grams:
                self._grams[gram].append(number)

    def find(self, text: str, limit: int, among: frozenset[str] | None = None) -> list[Name]:
        """Return the best name of each entry that fits, the best entry first.

        :param among: keys of the only entries that count
        """
        words = folded(text[:LONGEST])
        if not words:
            return []
        fits: dict[int, int] = {}
        for column, wanted in ((self._spaced, words), (self._compact, words.replace(" ", ""))):
            for fit, number in column.find(wanted, 4 * len(self._names)):
                if fit < fits.get(number, NEAR):
                    fits[number] = fit
        if " " in words:
            for number in self._with_all(words.split()):
                reordered = len(self._words[number]) == len(words)
                fits[number] = min(fits.get(number, NEAR), PREFIX if reordered else WORD)
        found = self._best(fits, among)
        if len(found) < FEW and len(words) > FEW and not words.replace(" ", "").isdigit():
            found += [name for name in self._similar(words, among) if name.entry not in {other.entry for other in found}]
        return found[:limit]

    def exactly(self, text: str) -> list[Entry]:
        """Return the entries that have these very words as a name."""
        words = folded(text[:LONGEST])
        return [self._names[number].entry for fit, number in self._spaced.find(words, len(self._names)) if fit == EXACT] if words else []

    def _best(self, fits: Mapping[int, int], among: frozenset[str] | None) -> list[Name]:
        best: dict[str, tuple[tuple[int, int, int, int, str], Name]] = {}
        for number, fit in fits.items():
            name = self._names[number]
            key = name.entry.key
            if among is not None and key not in among:
                continue
            rank = (fit, name.entry.order, name.sort, len(name.text), name.entry.label)
            if key not in best or rank < best[key][0]:
                best[key] = rank, name
        return [name for _, name in sorted(best.values(), key=lambda item: item[0])]

    def _with_all(self, words: list[str]) -> set[int]:
        """Return the names in which some word begins with each of those wanted."""
        longest_first = sorted(words, key=len, reverse=True)
        candidates = set(self._beginnings.get(longest_first[0][:2], ()))
        for word in longest_first:
            candidates = {number for number in candidates if f" {word}" in f" {self._words[number]}"}
        return candidates

    def _similar(self, words: str, among: frozenset[str] | None) -> list[Name]:
        wanted = _grams(words)
        shared = Counter(number for gram in wanted for number in self._grams.get(gram, ()))
        likeness = {number: 2 * count / (len(wanted) + self._sizes[number]) for number, count in shared.items()}
        nearest = sorted(likeness, key=lambda number: -likeness[number])[:CANDIDATES]
        matcher = difflib.SequenceMatcher(b=words, autojunk=False)
        scored = []
        for number in nearest:
            entry = self._names[number].entry
            matcher.set_seq1(self._words[number])
            if (score := matcher.ratio()) >= SIMILAR and (among is None or entry.key in among):
                scored.append((-score, entry.order, entry.label, number))
        best: dict[str, Name] = {}
        for *_, number in sorted(scored):
            best.setdefault(self._names[number].entry.key, self._names[number])
        return list(best.values())


def _grams(words: str) -> set[str]:
    padded = f" {words} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def search(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Find terms, records and stored queries.

    :param arguments: ``q``: what is searched for; ``limit``: results at most, 20 unless given; ``root``: a class, below
        which results must lie; ``kind``: the only kind that counts, such as ``trial``
    :raises UsageError: when the root is no class
    """
    query = text_of(arguments, "q")
    limit = number_of(arguments, "limit", 20, MOST)
    among: frozenset[str] | None = None
    if root := text_of(arguments, "root"):
        with parameters():
            among = frozenset(graph.terms.descendants(graph.terms.resolve(root)))
    if kind := text_of(arguments, "kind"):
        of_kind = frozenset(entry.key for entry in index(graph).entries if entry.kind == kind)
        among = of_kind if among is None else among & of_kind
    names = index(graph).found.find(query.removeprefix(NET).removeprefix("net:"), limit, among)
    return as_json({"notice": NOTICE, "version": version(graph), "q": query, "results": [_result(name) for name in names]})


def called(graph: Graph, text: str) -> str | None:
    """Return what a synonym or an identifier such as ``PMID:28076709`` stands for; nothing when that is not clear.

    A term goes before a trial, and a trial before other records that share the name.
    """
    entries = {entry.key: entry for entry in index(graph).found.exactly(text) if entry.kind != _QUESTION}
    best = min((entry.order for entry in entries.values()), default=0)
    found = [key for key, entry in entries.items() if entry.order == best]
    return found[0] if len(found) == 1 else None


def suggestions(graph: Graph, text: str, limit: int = 3) -> list[str]:
    """Return the names of what somebody may have meant."""
    names = index(graph).found.find(text, 2 * limit) if len(folded(text)) >= FEW else []
    return [f"{name.entry.label} ({local(name.entry.key)})" for name in names if name.entry.kind not in (_QUESTION, "population")][:limit]


def _result(name: Name) -> dict[str, Any]:
    entry = name.entry
    question = entry.kind == _QUESTION
    return {
        "iri": None if question else entry.key,
        "curie": None if question else compress(entry.key),
        "name": local(entry.key),
        "label": entry.label,
        "matched": name.text,
        "kind": entry.kind,
        "definition": entry.definition,
        "href": f"query/{entry.key}" if question else href(entry.key),
    }


@dataclass(frozen=True, slots=True)
class _Whole:
    entries: tuple[Entry, ...]
    found: Index


@kept
def index(graph: Graph) -> _Whole:
    """Return what can be found in a graph."""
    entries = {entry.key: entry for entry in _entries(graph)}
    return _Whole(tuple(entries.values()), Index(_names(graph, entries)))


def _entries(graph: Graph) -> Iterator[Entry]:
    terms = graph.terms
    for iri, written in terms.labels.items():
        if iri.startswith(NET) and iri in terms.kinds and iri not in terms.deprecated:
            kind = kind_of(graph, iri)
            yield Entry(iri, written, kind, terms.definitions.get(iri, ""), 0 if terms.kinds[iri] == "class" else 4)
    rows = select(
        graph.store,
        f"SELECT ?s ?label ?gist WHERE {{ GRAPH ?g {{ ?s <{LABEL}> ?label }} FILTER(STRSTARTS(STR(?g), '{GRAPH}data/'))"
        f" FILTER(STRSTARTS(STR(?s), '{NET}')) OPTIONAL {{ ?s <{NET}gist> ?gist }} }} ORDER BY ?s ?gist",
    )
    for subject, label, gist in rows:
        if not isinstance(subject, ox.NamedNode) or not isinstance(label, ox.Literal):
            continue
        name = local(subject.value)
        if name.count("/") == 1 and not name.startswith("presentation/"):  # neither parts of populations nor their classes
            kind = kind_of(graph, subject.value)
            order = {"trial": 1, "document": 3}.get(kind, 6 if kind in _LAST else 5)
            yield Entry(subject.value, title(subject.value, label.value), kind, gist.value if isinstance(gist, ox.Literal) else "", order)
    for stored in graph.queries.values():
        yield Entry(stored.name, stored.title, _QUESTION, stored.summary, 2)


def _names(graph: Graph, entries: Mapping[str, Entry]) -> Iterator[Name]:
    for entry in entries.values():
        yield Name(entry, entry.label, LABELLED)
        yield Name(entry, local(entry.key), NUMBERED)
        if entry.key.startswith(NET) and "/" in local(entry.key):
            yield Name(entry, local(entry.key).partition("/")[2], NUMBERED)
        for scope, synonyms in graph.terms.synonyms.get(entry.key, {}).items():
            yield from (Name(entry, synonym, SYNONYM if scope == "exact" else LOOSE) for synonym in synonyms)
    own = " ".join(f"<{NET}{name}>" for name in ("acronym", "registration", "pubmed", "doi", "brand", "scope"))
    rows = select(graph.store, f"SELECT ?s ?p ?v WHERE {{ VALUES ?p {{ {own} }} ?s ?p ?v }}")
    for subject, prop, value in rows:
        found = entries.get(subject.value) if isinstance(subject, ox.NamedNode) else None
        if found is not None:
            if isinstance(value, ox.NamedNode):
                yield from (Name(found, name, NUMBERED) for name in (compress(value.value), value.value.rpartition("/")[2]))
            elif isinstance(value, ox.Literal):
                acronym = isinstance(prop, ox.NamedNode) and prop.value == NET + "acronym"
                yield Name(found, value.value, LABELLED if acronym else NUMBERED)
    matches = " ".join(f"<{PREFIXES['skos']}{kind}Match>" for kind in ("exact", "close"))
    for subject, target in select(graph.store, f"SELECT ?s ?o WHERE {{ VALUES ?p {{ {matches} }} ?s ?p ?o }}"):
        found = entries.get(subject.value) if isinstance(subject, ox.NamedNode) else None
        if found is not None and isinstance(target, ox.NamedNode):
            yield from (Name(found, name, NUMBERED) for name in (compress(target.value), compress(target.value).partition(":")[2]))
