"""The term reference: every class, property and value of the ontology, by branch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

import kg
from docs.generate.markdown import code, plain, table
from docs.generate.pictures import tops
from kg.prefixes import GRAPH, NET, compress, sparql_prologue
from kg.store import select
from kg.terms import Terms

FOLDER = "terms"
PROPERTIES = {"object property": "Relations", "data property": "Attributes with a value", "annotation property": "Annotation properties"}
"""Kind of property → title of its page."""
SCOPES = {"exact": "also", "narrow": "narrower name", "broad": "wider name", "related": "related name"}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the reference.

    :param name: of its file, without ending
    :param iris: the terms on it, in order
    """

    name: str
    title: str
    about: str
    iris: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where the page is, below docs."""
        return f"{FOLDER}/{self.name}.md"


class Reference:
    """Writes the pages from the graph."""

    def __init__(self, graph: kg.Graph) -> None:
        self.graph = graph
        self.terms = self._asserted()
        self.pages = list(self._pages())
        self.place = {iri: page for page in self.pages for iri in page.iris}
        self.mappings = self._pairs(f"GRAPH <{GRAPH}data/mappings> {{ ?s ?p ?o FILTER(STRSTARTS(STR(?p), STR(skos:))) }}")
        self.ends = self._pairs(f"GRAPH <{GRAPH}ontology> {{ VALUES ?p {{ rdfs:domain rdfs:range rdfs:subPropertyOf owl:inverseOf }} ?s ?p ?o }}")
        self.codes = {iri: short for values in self.terms.codes.values() for short, iri in values.items()}

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield path and Markdown of each page."""
        yield f"{FOLDER}/index.md", self._index()
        for page in self.pages:
            first = self.terms.definitions.get(page.iris[0], "")  # that of a branch says what the page is about
            about = "" if page.about == plain(first) else f"{page.about}\n\n"
            yield page.path, f"# {plain(page.title)}\n\n{about}" + "".join(self._entry(iri, page) for iri in page.iris)

    def _asserted(self) -> Terms:
        """Return the terms with the superclasses as edited; those that follow would hide which ones are near."""
        answer = self.graph.store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}ontology> {{ ?s ?p ?o }} }}")
        if not isinstance(answer, list):
            raise TypeError("CONSTRUCT gave no triples")
        return Terms.from_triples(answer)

    def _pages(self) -> Iterator[Page]:
        terms, taken = self.graph.terms, set[str]()
        ours = {kind: [iri for iri in terms.kinds if terms.kinds[iri] == kind and iri.startswith(NET)] for kind in set(terms.kinds.values())}
        for top in tops(self.graph):
            below = self._sorted(iri for iri in terms.descendants(top) if iri.startswith(NET) and iri != top and iri not in taken)
            taken |= {top, *below}
            yield Page(_file(terms.labels[top]), terms.labels[top].capitalize(), plain(terms.definitions.get(top, "")), (top, *below))
        for kind, title in PROPERTIES.items():
            yield Page(_file(title), title, f"Every {kind} of the ontology.", self._sorted(ours[kind]))
        yield Page(
            "values", "Values of closed lists", "The values that a closed list allows, with the short code used in tables and parameters.", self._values(ours)
        )
        rest = self._sorted(iri for iri in terms.kinds if not iri.startswith(NET))
        yield Page("outside", "Terms of other ontologies", "Classes and properties that the ontology takes over, under their own identifiers.", rest)
        old = self._sorted(terms.deprecated | {iri for iri in ours["class"] if iri not in taken})
        if old:
            yield Page("deprecated", "Deprecated terms", "Released once, and not to be used any more.", old)

    def _values(self, ours: dict[str, list[str]]) -> tuple[str, ...]:
        """Return the individuals, list by list."""
        lists = {iri: self.graph.terms.labels.get(cls, cls) for cls, values in self.graph.terms.codes.items() for iri in values.values()}
        return tuple(sorted(ours["individual"], key=lambda iri: (lists.get(iri, ""), self._label(iri).casefold(), iri)))

    def _sorted(self, iris: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(iris, key=lambda iri: (self._label(iri).casefold(), iri)))

    def _label(self, iri: str) -> str:
        return self.graph.terms.labels.get(iri) or compress(iri)

    def _pairs(self, pattern: str) -> dict[str, list[tuple[str, str]]]:
        """Return subject → (property, value), sorted, for triples between identifiers."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        rows = select(self.graph.store, sparql_prologue() + f"SELECT DISTINCT ?s ?p ?o WHERE {{ {pattern} }} ORDER BY ?s ?p ?o")
        for subject, predicate, value in rows:
            if isinstance(subject, ox.NamedNode) and isinstance(predicate, ox.NamedNode) and isinstance(value, ox.NamedNode):
                found[subject.value].append((predicate.value, value.value))
        return found

    def _index(self) -> str:
        rows = [(f"[{plain(page.title)}]({page.name}.md)", str(len(page.iris)), page.about) for page in self.pages]
        return (
            "# Every term\n\nClasses by branch, then properties, values, and what is taken over from other ontologies. Each entry has the name to use in"
            " queries, the definition, other names, what it is a kind of, and what it is called elsewhere.\n\n"
            "Search finds a term by any of its names. A class that belongs to several branches stands on one page.\n\n" + table(("page", "terms", "what"), rows)
        )

    def _entry(self, iri: str, page: Page) -> str:
        terms = self.terms
        lines = [f"## {plain(self._label(iri))} {{ #{anchor(iri)} }}\n\n", f"{code(compress(iri))} · {terms.kinds[iri]}"]
        if iri in self.codes:
            lines.append(f" · code {code(self.codes[iri])}")
        lines.append(" · **deprecated**\n" if iri in terms.deprecated else "\n")
        if iri in terms.definitions:
            lines.append(f"\n{plain(terms.definitions[iri])}\n")
        items = [f"{SCOPES.get(scope, scope)}: {', '.join(map(plain, names))}" for scope, names in sorted(terms.synonyms.get(iri, {}).items())]
        parents = self._sorted(terms.parents.get(iri, ()))
        items += [f"kind of: {', '.join(self._link(parent, page) for parent in parents)}"] if parents else []
        lists = sorted(cls for cls, values in terms.codes.items() if iri in values.values())
        items += [f"value of: {', '.join(self._link(cls, page) for cls in lists)}"] if lists else []
        ends: dict[str, list[str]] = defaultdict(list)
        for predicate, value in self.ends.get(iri, ()):
            ends[self._label(predicate) if predicate in terms.labels else compress(predicate)].append(self._link(value, page))
        items += [f"{plain(name)}: {', '.join(links)}" for name, links in ends.items()]
        elsewhere: dict[str, list[str]] = defaultdict(list)
        for predicate, value in self.mappings.get(iri, ()):
            elsewhere[compress(predicate).removeprefix("skos:").removesuffix("Match")].append(code(compress(value)))
        items += [f"{kind} match: {', '.join(codes)}" for kind, codes in sorted(elsewhere.items())]
        return "".join(lines) + "".join(["\n", *(f"- {item}\n" for item in items)] if items else []) + "\n"

    def _link(self, iri: str, page: Page) -> str:
        target = self.place.get(iri)
        if target is None:
            return code(compress(iri))
        return f"[{plain(self._label(iri))}]({'' if target is page else target.name + '.md'}#{anchor(iri)})"


def anchor(iri: str) -> str:
    """Return the anchor of a term's entry: its local name, or the CURIE of a term of another ontology."""
    return iri.removeprefix(NET) if iri.startswith(NET) else compress(iri).replace(":", "-").replace("/", "-").replace(".", "-")


def _file(label: str) -> str:
    return label.lower().replace(" ", "-")
