"""Nodes and edges as Biolink has them.

Nodes are terms, trials, documents and populations. Edges are the axioms of the ontology, and what recommendations,
decisions, trial comparisons and observed adverse effects say: one edge for each therapy and condition of each statement,
so that sources that disagree both stand, each with its own knowledge source and publications. The predicate follows from
the evidence (:mod:`kg.export.biolink.predicates`), the object from the population (:mod:`kg.export.biolink.scopes`).

A relation that somebody stated is a ``knowledge_assertion`` by a ``manual_agent``; one that follows from others is a
``logical_entailment`` by an ``automated_agent``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import groupby

import pyoxigraph as ox

from kg.export.biolink.categories import COMBINED
from kg.export.biolink.facts import Facts
from kg.export.biolink.identifiers import own
from kg.export.biolink.model import NAMESPACE, model
from kg.export.biolink.predicates import (
    AIMS,
    DIAGNOSES,
    PHASES,
    RELATIONS,
    Aim,
    Claim,
    Relation,
    aim_of_trial,
    of_comparison,
    of_decision,
    of_recommendation,
)
from kg.export.biolink.scopes import Condition
from kg.export.biolink.slots import Element
from kg.export.biolink.survey import KEPT, OURS, Survey, part_of
from kg.export.loss import Losses
from kg.export.sorting import sorted_lines
from kg.export.source import Source
from kg.prefixes import NET, PREFIXES, compress
from kg.terms import DEFINITION, LABEL, SUBCLASS, SYNONYM_SCOPES, TYPE

OWL, SKOS = PREFIXES["owl"], PREFIXES["skos"]
PROPERTIES = {OWL + name for name in ("AnnotationProperty", "ObjectProperty", "DatatypeProperty")}
TRIAL_EVIDENCE = "ECO:0007121"
"""Clinical study evidence used in manual assertion."""
AUTHOR_STATEMENT = "ECO:0000304"
"""Author statement supported by traceable reference used in manual assertion."""
LOGICAL_EVIDENCE = "ECO:0000364"
"""Evidence based on logical inference from manual annotation used in automatic assertion."""
ASSERTED: Element = {"knowledge_level": "knowledge_assertion", "agent_type": "manual_agent"}
ENTAILED: Element = {"knowledge_level": "logical_entailment", "agent_type": "automated_agent", "has_evidence_of_type": [LOGICAL_EVIDENCE]}

PARTS = "a part of a population; its whole scope is the description of the population"
TWIN = "the class that stands for a population in OWL; the population is a node"
EXPRESSION = "a class expression; existential ones are edges, others have no counterpart"
PROPERTY = "a property; Biolink has predicates of its own"
NO_CATEGORY = "a value of a closed list, a kind of record or a class of situations: Biolink has no category for it"
HEADER = "describes the dataset, not the field"
MAPPED = "how a mapping was found; the SSSOM set says it"
NOT_EXACT = "a mapping that is not exact; the SSSOM set carries it"
NO_PREFIX = "an exact mapping to a vocabulary for which Biolink has no prefix; the SSSOM set carries it"
SCOPE = "that a synonym is not exact; Biolink's slots for the other scopes hold one value only"
NO_SLOT = "Biolink nodes and associations have no slot for it"
NO_PREDICATE = "Biolink has no predicate for it"
OUTSIDE = "its end is no node of the graph"
RECORD = "numbers and texts of a record; a Biolink edge states a relation between two things"
SEQUENCE = "therapies one after the other; Biolink has no word for their order"
NOT_TREATMENT = "its subject is no medicine, treatment or diagnostic aid, which the predicate asks for"
NO_AIM = "its aim is not to treat or to find a disease: Biolink has no predicate for it"
NO_CONDITION = "it does not name the condition that it is about"
NO_CLAIM = "advice on a test, or against a therapy, that is not both formal and current: Biolink has no predicate for it"
NEVER_SEEN = "an adverse effect that was not seen"


class BiolinkGraph:
    """Nodes and edges, made anew at each reading, in the order of their subjects in the graph.

    :param losses: is told what is neither
    """

    def __init__(self, source: Source, losses: Losses) -> None:
        self._source = source
        self._losses = losses
        self._survey = Survey(source)
        self._made: dict[str, list[str]] = {}

    def nodes(self) -> Iterator[Element]:
        """Yield the nodes."""
        used: set[str] = set()
        for facts in self._subjects():
            if facts.iri in self._survey.categories:
                yield self._node(facts)
            elif facts.kind in self._handlers:
                used |= {str(edge["original_subject"]) for edge in self._handlers[facts.kind](facts)}
        labels = self._source.terms.labels
        for iri, parts in self._combinations(used):
            name = " + ".join(labels.get(part, own(part)) for part in parts)
            yield {"id": own(iri), "category": _curies(COMBINED), "name": name, "iri": iri, "provided_by": [OURS]}

    def edges(self) -> Iterator[Element]:
        """Yield the edges, each once."""
        used: set[str] = set()
        for facts in self._subjects():
            if facts.iri in self._survey.categories:
                yield from self._relations(facts)
                self._unrelated(facts)
            elif facts.kind in self._handlers:
                for edge in {str(edge["id"]): edge for edge in self._handlers[facts.kind](facts)}.values():
                    used.add(str(edge["original_subject"]))
                    yield edge
                self._left(facts)
            else:
                self._lost(facts)
        for iri, parts in self._combinations(used):
            for part in parts:
                yield self._edge("axiom", iri, Relation("has_part"), part, "net:hasComponent") | ASSERTED

    @cached_property
    def _handlers(self) -> dict[str, Callable[[Facts], Iterator[Element]]]:
        return {
            "recommendation": self._recommendation,
            "approval": self._decision,
            "comparison": self._comparison,
            "adverse-effects": self._adverse_effect,
        }

    def _subjects(self) -> Iterator[Facts]:
        """Yield what is said of each subject, sorted by subject."""
        lines = sorted_lines(f"{quad} .\n" for quad in self._source.quads() if part_of(quad).startswith(KEPT) and self._is_whole(quad.subject))
        for subject, group in groupby(lines, key=lambda line: line[1 : line.index(">")]):
            yield Facts(subject, ox.parse("".join(group), ox.RdfFormat.N_QUADS))

    def _is_whole(self, subject: object) -> bool:
        """Say whether a subject has a name and is no part of a population."""
        if not isinstance(subject, ox.NamedNode):
            return False
        if subject.value.startswith(NET + "population/") and subject.value.count("/") > NET.count("/") + 1:
            self._losses.add(subject.value, "what it asks for and admits", PARTS)
            return False
        return True

    # nodes

    def _node(self, facts: Facts) -> Element:
        survey = self._survey
        found: Element = {
            "id": survey.ids[facts.iri],
            "category": _curies(survey.categories[facts.iri]),
            "name": _title(facts),
            "description": facts.first(DEFINITION) or facts.first(NET + "scope"),
            "iri": facts.iri,
            "equivalent_identifiers": survey.identifiers(facts.iri),
            "provided_by": [OURS],
            "deprecated": facts.first(OWL + "deprecated") == "true",
            "clinical_trial_phase": PHASES.get(survey.phase(facts.iri), ""),
        }
        found["synonym"] = self._synonyms(facts)
        facts.use(SKOS + "definition", NET + "pubmed", NET + "doi", NET + "registration", NET + "phase")
        self._mappings(facts)
        for predicate, value in facts.rest():
            if not value.startswith((NET, "_:")) and predicate not in {TYPE, SUBCLASS}:
                self._losses.add(facts.iri, f"{compress(predicate)} {value}", NO_SLOT)
        return {slot: value for slot, value in found.items() if value}

    def _synonyms(self, facts: Facts) -> list[str]:
        """Return the synonyms of all scopes: the model's slots for each scope hold one value only."""
        found: set[str] = set()
        for predicate, scope in SYNONYM_SCOPES.items():
            names = facts.take(predicate)
            found.update(names)
            if scope != "exact":
                for name in names:
                    self._losses.add(facts.iri, f"{compress(predicate)} {name}", SCOPE)
        return sorted(found)

    def _mappings(self, facts: Facts) -> None:
        kept = set(self._survey.exact.get(facts.iri, ()))
        for kind in ("exact", "close", "broad", "narrow", "related"):
            for value in facts.take(f"{SKOS}{kind}Match"):
                if kind != "exact":
                    self._losses.add(facts.iri, f"skos:{kind}Match {compress(value)}", NOT_EXACT)
                elif not any(curie.partition(":")[2] == compress(value).partition(":")[2] for curie in kept):
                    self._losses.add(facts.iri, f"skos:exactMatch {compress(value)}", NO_PREFIX)

    # relations of terms

    def _relations(self, facts: Facts) -> Iterator[Element]:
        survey = self._survey
        for predicate, value in facts.rest():
            relation = _relation(predicate)
            if relation and value in survey.categories:
                stated = (predicate == SUBCLASS and facts.graphs(predicate, value) != {"inferred"}) or (facts.iri, predicate, value) in survey.stated
                yield self._edge("axiom", facts.iri, relation, value, compress(predicate)) | (ASSERTED if stated else ENTAILED)

    def _unrelated(self, facts: Facts) -> None:
        """Note which relations of a node are no edges."""
        nodes = self._survey.categories
        related = {value for predicate, value in facts.rest() if _relation(predicate)}
        facts.use(TYPE, NET + "alternative", NET + "definesClass")
        for predicate, value in facts.rest():
            if value.startswith("_:"):
                if not self._survey.is_existential(value):
                    self._losses.add(facts.iri, f"{compress(predicate)} of a class expression", EXPRESSION)
            elif _relation(predicate):
                if value not in nodes and value != OWL + "Thing":
                    self._losses.add(facts.iri, f"{compress(predicate)} {compress(value)}", OUTSIDE)
            elif (
                value.startswith(NET)
                and not (_is_general(predicate) and value in related)
                and not (predicate == NET + "phase" and value.removeprefix(NET) in PHASES)
            ):
                self._losses.add(facts.iri, f"{compress(predicate)} {compress(value)}", NO_PREDICATE if value in nodes else OUTSIDE)

    # statements

    def _recommendation(self, facts: Facts) -> Iterator[Element]:
        documents = facts.take(NET + "source")
        direction = facts.local("direction")
        formal, current = self._survey.is_formal(documents), self._survey.is_current(documents) and not facts.first(NET + "superseded")
        therapies = self._therapies(facts)
        for aim in facts.take(NET + "aim"):
            if meaning := self._aim(facts, aim):
                claim = of_recommendation(direction, meaning, formal=formal, current=current)
                if claim is None:
                    self._losses.add(facts.iri, compress(aim), NO_CLAIM)
                else:
                    yield from self._claims(facts, claim, therapies, self._conditions(facts, aim), documents, f"net:{direction}")

    def _decision(self, facts: Facts) -> Iterator[Element]:
        documents = facts.take(NET + "source")
        kind, status, fda = facts.local("decision"), facts.local("decisionStatus"), facts.first(NET + "authority") == "FDA"
        studies = facts.take(NET + "pivotalTrial")
        therapies = facts.take(NET + "therapy")
        for aim in facts.take(NET + "aim"):
            if meaning := self._aim(facts, aim):
                claim = of_decision(kind, status, meaning, fda=fda)
                if claim is None:
                    self._losses.add(facts.iri, compress(aim), NO_CLAIM)
                else:
                    yield from self._claims(facts, claim, therapies, self._conditions(facts, aim), documents, f"net:{kind}", studies)

    def _comparison(self, facts: Facts) -> Iterator[Element]:
        documents = facts.take(NET + "source")
        trial = facts.first(NET + "trial")
        aim = aim_of_trial(self._survey.endpoints.get(facts.iri, set()))
        claim = of_comparison(self._survey.phase(trial), facts.local("primaryOutcome"), facts.local("analysis"), aim)
        parts = facts.take(NET + "experimental")
        therapies = [self._combined(parts)] if len(parts) > 1 else parts
        conditions = self._conditions(facts, NET + ("AimSymptomControl" if aim is Aim.SYMPTOM else "AimAntitumour"))
        yield from self._claims(facts, claim, therapies, conditions, documents, "net:experimental", [trial])

    def _adverse_effect(self, facts: Facts) -> Iterator[Element]:
        documents = facts.take(NET + "source")
        shares = [facts.values(NET + name) for name in ("anyGradePercent", "highGradePercent")]
        if any(shares) and not any(float(value) for values in shares for value in values):
            self._losses.add(facts.iri, "net:aboutEffect", NEVER_SEEN)
            return
        facts.use(NET + "comparison")
        conditions = [Condition(effect) for effect in facts.take(NET + "aboutEffect")]
        yield from self._claims(facts, Claim("has_adverse_event"), facts.take(NET + "therapy"), conditions, documents, "net:aboutEffect")

    def _aim(self, facts: Facts, aim: str) -> Aim | None:
        meaning = AIMS.get(aim.removeprefix(NET))
        if meaning is None:
            self._losses.add(facts.iri, compress(aim), NO_AIM)
        return meaning

    def _conditions(self, facts: Facts, aim: str) -> list[Condition]:
        population = facts.first(NET + "population")
        if AIMS[aim.removeprefix(NET)] is Aim.SYMPTOM:
            return self._survey.scopes.complaints(population, named=aim == NET + "AimSupportive")
        return self._survey.scopes.diseases(population)

    def _therapies(self, facts: Facts) -> list[str]:
        """Return the therapies of a recommendation: each by itself, or all of them as one."""
        therapies = facts.take(NET + "therapy")
        combination = facts.local("combination")
        if combination == "CombinationSequence":
            self._losses.add(facts.iri, "net:therapy of a sequence", SEQUENCE)
            return []
        return [self._combined(therapies)] if combination == "CombinationTogether" and len(therapies) > 1 else therapies

    def _combined(self, parts: list[str]) -> str:
        """Return the regimen that has just these parts, or a name made of theirs."""
        regimen = self._regimens.get(frozenset(parts))
        if regimen:
            return regimen
        name = f"{NET}treatment/{'-'.join(part.removeprefix(NET) for part in parts)}"
        self._made[name] = parts
        return name

    def _combinations(self, used: set[str]) -> list[tuple[str, list[str]]]:
        """Return the therapies given together for which we made a name, with their parts, as far as an edge is about them."""
        return sorted((iri, parts) for iri, parts in self._made.items() if own(iri) in used)

    def _is_node(self, iri: str) -> bool:
        nodes = self._survey.categories
        return iri in nodes or (iri in self._made and all(part in nodes for part in self._made[iri]))

    @cached_property
    def _regimens(self) -> dict[frozenset[str], str]:
        parts: dict[str, set[str]] = {}
        for child, relation, target in self._survey.stated:
            if relation == NET + "hasComponent":
                parts.setdefault(child, set()).add(target)
        return {frozenset(found): child for child, found in sorted(parts.items(), reverse=True)}

    def _claims(
        self,
        facts: Facts,
        claim: Claim,
        therapies: list[str],
        conditions: list[Condition],
        documents: list[str],
        original: str,
        studies: Iterable[str] = (),
    ) -> Iterator[Element]:
        """Yield one edge for each therapy and condition of a statement."""
        survey = self._survey
        facts.use(NET + "about")
        note = " ".join(facts.take(NET + "gist") + facts.take(NET + "populationNote"))
        population = facts.first(NET + "population")
        source = survey.knowledge_source(documents)
        if not conditions:
            self._losses.add(facts.iri, "net:aim", NO_CONDITION)
        for end in [*therapies, *(condition.subject for condition in conditions)]:
            if not self._is_node(end):
                self._losses.add(facts.iri, f"{original} {compress(end)}", OUTSIDE)
        conditions = [condition for condition in conditions if self._is_node(condition.subject)]
        for therapy in filter(self._is_node, therapies):
            if not self._may_be_subject(therapy, claim.predicate):
                self._losses.add(facts.iri, f"{claim.predicate} of {compress(therapy)}", NOT_TREATMENT)
                continue
            is_chemical = "ChemicalEntity" in self._above(therapy)
            if claim.status and not is_chemical:
                self._losses.add(facts.iri, f"clinical_approval_status {claim.status}", NO_SLOT)
            for condition in conditions:
                edge = self._edge(
                    facts.iri.removeprefix(NET), therapy, Relation(claim.predicate), condition.subject, original, condition.disease, condition.site
                )
                edge |= ASSERTED | {
                    "primary_knowledge_source": source,
                    "aggregator_knowledge_source": [] if source == OURS else [OURS],
                    "category": [NAMESPACE + _association(claim.predicate, is_chemical=is_chemical)],
                    "publications": survey.publications(documents),
                    "has_evidence_of_type": {"comparison": [TRIAL_EVIDENCE], "recommendation": [AUTHOR_STATEMENT]}.get(facts.kind, []),
                    "has_supporting_studies": sorted(survey.ids[study] for study in studies if study in survey.ids),
                    "negated": claim.negated,
                    "disease_context_qualifier": survey.ids.get(condition.disease, ""),
                    "anatomical_context_qualifier": [survey.ids[condition.site]] if condition.site in survey.ids else [],
                    "population_context_qualifier": survey.ids.get(population, ""),
                    "clinical_approval_status": claim.status if is_chemical else "",
                    "max_research_phase": claim.phase if is_chemical else "",
                    "description": note,
                }
                yield {slot: value for slot, value in edge.items() if value}

    def _above(self, iri: str) -> frozenset[str]:
        """Return the categories of a node and all above them."""
        return frozenset().union(*(model().ancestors(name) for name in self._survey.categories.get(iri, COMBINED)))

    def _may_be_subject(self, iri: str, predicate: str) -> bool:
        domain = model().predicates[predicate].domain
        return not domain or domain in self._above(iri)

    def _edge(self, statement: str, subject: str, relation: Relation, target: str, original: str, *context: str) -> Element:
        if relation.reverse:
            subject, target = target, subject
        ids = self._survey.ids
        word = original.removeprefix("net:") if statement == "axiom" else relation.predicate
        parts = [statement, subject.removeprefix(NET), word.replace(":", "_"), target.removeprefix(NET), *(part.removeprefix(NET) for part in context if part)]
        edge: Element = {
            "id": "net:edge/" + "/".join(parts),
            "subject": ids.get(subject, own(subject)),
            "predicate": NAMESPACE + relation.predicate,
            "object": ids.get(target, own(target)),
            "category": [NAMESPACE + "Association"],
            "primary_knowledge_source": OURS,
            "original_subject": own(subject),
            "original_predicate": original,
            "original_object": own(target),
        }
        return edge | dict(relation.qualifiers)

    # what is left

    def _left(self, facts: Facts) -> None:
        """Note what no slot of a statement's edges carries."""
        facts.use(TYPE, LABEL)
        for predicate, value in facts.rest():
            self._losses.add(facts.iri, f"{compress(predicate)} {compress(value)}", NO_SLOT)

    def _lost(self, facts: Facts) -> None:
        """Note a subject that is neither node nor edge."""
        types = set(facts.values(TYPE))
        if facts.iri.startswith(NET + "presentation/"):
            self._losses.add(facts.iri, "Class", TWIN)
        elif OWL + "Ontology" in types:
            self._losses.add(facts.iri, "Ontology", HEADER)
        elif types & PROPERTIES:
            self._losses.add(facts.iri, "Property", PROPERTY)
        elif OWL + "Axiom" in types:
            self._losses.add(facts.iri, "Axiom", MAPPED)
        elif "/" in facts.iri.removeprefix(NET) and facts.iri.startswith(NET):
            self._losses.add(facts.iri, f"{len(facts)} statements", RECORD)
        else:
            self._losses.add(facts.iri, f"{len(facts)} statements", NO_CATEGORY)


def _relation(predicate: str) -> Relation | None:
    """Return how a property is said in Biolink, or nothing."""
    return Relation("subclass_of") if predicate == SUBCLASS else RELATIONS.get(predicate.removeprefix(NET))


def _is_general(predicate: str) -> bool:
    """Say whether a property is one of RO or BFO, which the direct edges give beside each of ours that is below it."""
    return predicate.startswith((PREFIXES["RO"], PREFIXES["BFO"]))


def _curies(names: Iterable[str]) -> list[str]:
    return [NAMESPACE + name for name in names]


def _association(predicate: str, *, is_chemical: bool) -> str:
    """Return the class of an edge: approval status and phase are slots of chemical entities' edges only."""
    if predicate == "has_adverse_event":
        return "ChemicalOrDrugOrTreatmentAdverseEventAssociation"
    if predicate == DIAGNOSES or not model().within(predicate, "treats_or_applied_or_studied_to_treat"):
        return "Association"
    return f"{'ChemicalEntity' if is_chemical else 'ChemicalOrDrugOrTreatment'}ToDiseaseOrPhenotypicFeatureAssociation"


def _title(facts: Facts) -> str:
    """Return the name of a node: of a trial its acronym, of a document its title without the key behind it."""
    label = facts.first(LABEL)
    if facts.kind == "trial":
        return facts.first(NET + "acronym") or label
    return label.rpartition(" [")[0] if facts.kind == "document" and label.endswith("]") else label
