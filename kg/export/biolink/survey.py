"""What must be known of the whole graph before its edges can be written: read in one pass, in any order.

Held in memory: for each node its identifier; for each population what it asks for; for each document how it is cited; for
each trial its phase; for each comparison its endpoints; the shape of the ontology's axioms. What is said of each of them
is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph as ox

from kg.export.biolink.categories import OBSOLETE, categories_of_classes, categories_of_record
from kg.export.biolink.identifiers import foreign, own, preferred
from kg.export.biolink.predicates import FORMAL
from kg.export.biolink.scopes import Alternative, Scopes
from kg.export.source import Source
from kg.prefixes import GRAPH, NET, PREFIXES
from kg.terms import EQUIVALENT, SUBCLASS, TYPE

OWL, RDF = PREFIXES["owl"], PREFIXES["rdf"]
EXACT = PREFIXES["skos"] + "exactMatch"
OURS = "infores:net-kg"
RESOURCES = {"clinicaltrials.gov": "infores:clinicaltrials", "dailymed.nlm.nih.gov": "infores:dailymed"}
"""Host of a document's address → the resource of Biolink's catalogue that it belongs to.

Articles, guidelines and labels on other sites are no information resources there: what was read in them was first made a
statement by us."""
SHAPE = {SUBCLASS, EQUIVALENT, RDF + "first", RDF + "rest"} | {OWL + name for name in ("intersectionOf", "onProperty", "someValuesFrom", "hasValue")}
"""Properties that make up the axioms of the ontology, as far as they become edges."""
KEPT = ("ontology", "inferred", "edges", "relations", "data/")
"""Graphs that say something of the field; the others describe the dataset."""


def part_of(quad: ox.Quad) -> str:
    """Return the name of the graph of a statement, without what all names begin with."""
    return quad.graph_name.value.removeprefix(GRAPH) if isinstance(quad.graph_name, ox.NamedNode) else ""


def text(node: object) -> str:
    """Return a term as plain text; blank nodes keep their sign."""
    return node.value if isinstance(node, ox.NamedNode | ox.Literal) else str(node)


class Survey:
    """The pass over the graph and what was learnt."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.graph = source.graph
        self._types: dict[str, set[str]] = defaultdict(set)
        self._facts: dict[str, dict[str, dict[str, set[str]]]] = {
            name: defaultdict(lambda: defaultdict(set)) for name in ("document", "trial", "evidence", "population")
        }
        self._exact: dict[str, set[str]] = defaultdict(set)
        self._axioms: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for quad in source.quads():
            if part_of(quad).startswith(KEPT):
                self._take(quad)
        self.categories = self._categories()
        self.exact = {iri: sorted({curie for other in values if (curie := foreign(other))}) for iri, values in sorted(self._exact.items())}
        self.ids = preferred({iri: (categories, self._identifiers(iri)) for iri, categories in self.categories.items()})
        self.stated = {(child, relation, target) for child in list(self._axioms) for relation, target in self._restrictions(child)}
        self.scopes = self._scopes()
        self.endpoints = self._endpoints()

    def identifiers(self, iri: str) -> list[str]:
        """Return all identifiers of a node but the one that it has, sorted."""
        return sorted({own(iri), *self._identifiers(iri)} - {self.ids[iri]})

    def publications(self, documents: list[str]) -> list[str]:
        """Return the documents as nodes, sorted."""
        return sorted({self.ids[iri] for iri in documents if iri in self.ids})

    def knowledge_source(self, documents: list[str]) -> str:
        """Return the most upstream resource: that of the documents when they all belong to one, else our own."""
        found = {self._resource(iri) for iri in documents}
        return found.pop() if len(found) == 1 else OURS

    def is_formal(self, documents: list[str]) -> bool:
        """Say whether one of the documents recommends formally."""
        return any(self._types.get(iri, set()) & {NET + name for name in FORMAL} for iri in documents)

    def is_current(self, documents: list[str]) -> bool:
        """Say whether one of the documents has not been replaced."""
        return any(not self._facts["document"].get(iri, {}).get(NET + "supersededBy") for iri in documents)

    def phase(self, trial: str) -> str:
        """Return the phase of a trial as in the list TrialPhase, or nothing."""
        return next((value.removeprefix(NET) for value in sorted(self._facts["trial"].get(trial, {}).get(NET + "phase", ()))), "")

    def is_existential(self, node: str) -> bool:
        """Say whether an anonymous class is an existential restriction to a named one, which the direct edges repeat."""
        shape = self._axioms.get(node, {})
        return any(not target.startswith("_:") for name in ("someValuesFrom", "hasValue") for target in shape.get(OWL + name, ()))

    def _take(self, quad: ox.Quad) -> None:
        subject, predicate, value = text(quad.subject), quad.predicate.value, text(quad.object)
        if predicate in SHAPE and part_of(quad) == "ontology":
            self._axioms[subject][predicate].append(value)
        elif predicate == EXACT:
            self._exact[subject].add(value)
        elif predicate == TYPE and value.startswith(NET):
            self._types[subject].add(value)
        kind = subject.removeprefix(NET).partition("/")[0]
        if kind in self._facts and predicate in WANTED:
            self._facts[kind][subject][predicate].add(value)

    def _categories(self) -> dict[str, tuple[str, ...]]:
        terms = self.graph.terms
        obsolete = {iri: OBSOLETE for iri in terms.deprecated if iri.startswith(NET) and terms.kinds.get(iri) == "class"}
        found = obsolete | categories_of_classes(self.graph)
        for iri, types in self._types.items():
            if iri.startswith(NET) and (categories := categories_of_record(types, self.graph)):
                found[iri] = categories
        return dict(sorted(found.items()))

    def _identifiers(self, iri: str) -> list[str]:
        facts = self._facts.get(iri.removeprefix(NET).partition("/")[0], {}).get(iri, {})
        wanted = {NET + "pubmed", NET + "doi"} if "Publication" in self.categories[iri] else {NET + "registration"}
        cited = {curie for predicate in wanted for value in facts.get(predicate, ()) if (curie := foreign(value))}
        return sorted(cited | set(self.exact.get(iri, ())))

    def _resource(self, document: str) -> str:
        for address in sorted(self._facts["document"].get(document, {}).get(NET + "webAddress", ())):
            host = address.partition("://")[2].partition("/")[0].removeprefix("www.")
            if host in RESOURCES:
                return RESOURCES[host]
        return OURS

    def _restrictions(self, child: str) -> Iterator[tuple[str, str]]:
        """Yield what the ontology itself says of a class by existential axioms."""
        nodes = [node for node in self._axioms[child].get(SUBCLASS, ()) if node.startswith("_:")]
        for node in self._axioms[child].get(EQUIVALENT, ()):
            nodes += self._members(node)
        yield from self._fillers(nodes)

    def _fillers(self, nodes: list[str]) -> Iterator[tuple[str, str]]:
        """Yield property and filler of the existential restrictions among some anonymous classes."""
        for node in nodes:
            shape = self._axioms.get(node, {})
            for relation in shape.get(OWL + "onProperty", ()):
                for target in shape.get(OWL + "someValuesFrom", []) + shape.get(OWL + "hasValue", []):
                    yield relation, target

    def _members(self, node: str) -> list[str]:
        """Return the members of an intersection."""
        found, rest = [], next(iter(self._axioms.get(node, {}).get(OWL + "intersectionOf", ())), "")
        while rest and rest != RDF + "nil":
            found += self._axioms[rest][RDF + "first"]
            rest = next(iter(self._axioms[rest][RDF + "rest"]), "")
        return found

    def _scopes(self) -> Scopes:
        sites: dict[tuple[str, str], str] = {}
        for child in sorted(self.graph.terms.classes()):
            for node in self._axioms.get(child, {}).get(EQUIVALENT, ()):
                members = self._members(node)
                named = [member for member in members if not member.startswith("_:")]
                places = [target for relation, target in self._fillers(members) if relation == NET + "hasPrimaryLocation"]
                if len(members) == 2 and len(named) == len(places) == 1:  # noqa: PLR2004 # a neoplasm and its place
                    sites.setdefault((named[0], places[0]), child)
        syndromes: dict[str, list[str]] = defaultdict(list)
        for child, relation, target in sorted(self.stated):
            if relation == NET + "causesClinicalSyndrome":
                syndromes[child].append(target)
        scopes = Scopes(self.graph.terms, sites, syndromes)
        facts = self._facts["population"]
        for population in sorted(facts):
            if facts[population][NET + "alternative"]:
                scopes.alternatives[population] = [self._alternative(iri) for iri in sorted(facts[population][NET + "alternative"])]
        return scopes

    def _alternative(self, iri: str) -> Alternative:
        alternative, facts = Alternative(), self._facts["population"]
        for criterion in facts[iri][NET + "criterion"]:
            for feature in facts[criterion][NET + "restricts"]:
                alternative.required[feature] |= facts[criterion][NET + "requires"]
        return alternative

    def _endpoints(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for facts in self._facts["evidence"].values():
            for comparison in facts[NET + "comparison"]:
                found[comparison] |= {endpoint.removeprefix(NET) for endpoint in facts[NET + "endpoint"]}
        return found


WANTED = {
    NET + name
    for name in (
        "pubmed", "doi", "registration", "webAddress", "supersededBy", "phase", "comparison", "endpoint", "alternative", "criterion", "restricts", "requires"
    )
}  # fmt: skip
"""Properties of records that the pass remembers."""
