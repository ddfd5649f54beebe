"""The names of a feature's values, as people write them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence

from kg.errors import UnknownTermError
from kg.match.place import shown
from kg.model.feature import Feature, FeatureKind
from kg.prefixes import NET, PREFIXES
from kg.terms import Terms

_LONGEST = 300
_NEAR = 0.6


def folded(text: str) -> str:
    """Return letters and digits only, so that case, hyphens, spaces and raised figures make no difference.

    >>> folded("¹⁷⁷Lu-DOTATATE") == folded("177Lu dotatate")
    True
    """
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def possible(feature: Feature, terms: Terms) -> Sequence[str]:
    """Return the values that a list, hierarchy or set can have, sorted."""
    if feature.kind is FeatureKind.LIST:
        return sorted(terms.codes.get(feature.range, {}).values())
    return sorted(iri for iri in terms.descendants(feature.range) if iri.startswith(NET) and iri not in terms.deprecated)


class Names:
    """Finds a value by code, local name, CURIE, IRI, label or synonym.

    What is so by a narrower name is so by the wider one: a RET fusion is a RET alteration. So a narrow synonym is
    understood where a value is stated as present, a broad one where it is stated as absent, and neither the other way.
    """

    def __init__(self, feature: Feature, terms: Terms) -> None:
        self.feature = feature
        self._terms = terms
        self._values = frozenset(possible(feature, terms))
        self._exact: dict[str, str] = {}
        self._scoped: dict[str, dict[str, list[str]]] = {"narrow": {}, "broad": {}, "related": {}}
        self._codes = {iri: code for code, iri in terms.codes.get(feature.range, {}).items()} if feature.kind is FeatureKind.LIST else {}
        for names in (self._first_names, self._exact_synonyms):  # what is a label of one value is no synonym of another
            for iri in sorted(self._values):
                for name in names(iri):
                    self._exact.setdefault(folded(name), iri)
        for scope, index in self._scoped.items():
            for iri in sorted(self._values):
                for name in terms.synonyms.get(iri, {}).get(scope, []):
                    index.setdefault(folded(name), []).append(iri)

    def __contains__(self, iri: str) -> bool:
        return iri in self._values

    def find(self, text: str, *, present: bool = True) -> str:
        """Return the value that a text names.

        :param present: whether the value is stated to be so, or to be absent
        :raises UnknownTermError: when it names none; the hint says what would be allowed or near
        """
        name = folded(text) if len(text) <= _LONGEST else ""
        for iri in (text, _expanded(text)):
            if iri in self._values:
                return iri
        if name in self._exact:
            return self._exact[name]
        fitting, other = ("narrow", "broad") if present else ("broad", "narrow")
        found = self._scoped[fitting].get(name, [])
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownTermError(f"{shown(text)} can mean several values", hint=f"write one of {self._shown(found)}")
        if wrong := self._scoped[other].get(name):
            reason = "wider" if present else "narrower"
            raise UnknownTermError(f"{shown(text)} is {reason} than {self._shown(wrong)}: it does not follow", hint="write what was found itself")
        raise UnknownTermError(self._unknown(text), hint=self._hint(name))

    def label(self, iri: str) -> str:
        """Return how a value is written for people."""
        return self._codes.get(iri) or self._terms.labels.get(iri, iri)

    def _first_names(self, iri: str) -> Iterable[str]:
        return (*([self._codes[iri]] if iri in self._codes else []), self._terms.labels.get(iri, ""), iri.removeprefix(NET))

    def _exact_synonyms(self, iri: str) -> Iterable[str]:
        return self._terms.synonyms.get(iri, {}).get("exact", [])

    def _shown(self, iris: Iterable[str]) -> str:
        return ", ".join(repr(self.label(iri)) for iri in sorted(iris))

    def _unknown(self, text: str) -> str:
        root = self._terms.labels.get(self.feature.range, self.feature.name)
        if self._codes:
            return f"{shown(text)} is not a value of {self.feature.name}"
        try:
            known = self._terms.resolve(text)
        except UnknownTermError:
            return f"no {root} is called {shown(text)}"
        return f"{shown(self._terms.labels.get(known, text))} is not a kind of {root}"

    def _hint(self, name: str) -> str:
        if self._codes:
            return f"allowed are {', '.join(sorted(self._codes.values()))}"
        related = self._scoped["related"].get(name, [])
        near = related or [self._exact[other] for other in difflib.get_close_matches(name, self._exact, n=3, cutoff=_NEAR)]
        labels = list(dict.fromkeys(self.label(iri) for iri in near))
        return f"did you mean {' or '.join(labels)}?" if labels else "search with: netkg show WORD"


def _expanded(text: str) -> str:
    prefix, colon, local = text.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else ""


def is_identifier(text: str) -> bool:
    """Return whether a text is a CURIE or an IRI of another vocabulary."""
    iri = _expanded(text) or text
    return iri.startswith(("http://", "https://")) and not iri.startswith(NET) and not any(sign.isspace() for sign in iri)
