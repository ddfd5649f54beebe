"""The terms for terminology servers: FHIR R5 resources, one a file.

A CodeSystem holds every term and every value of a closed list, with hierarchy, synonyms and the relations between
terms; a ValueSet for each branch and each list says what may be chosen; a ConceptMap for each vocabulary carries the
mappings, with justification, release and comment. The rules are those of https://hl7.org/fhir/R5/ (CodeSystem,
ValueSet, ConceptMap and their invariants). The terms are held in memory, the records of the tables are not.

A code is nested below its first parent and names all its parents in the property ``parent``. Value sets list their
codes one by one, because servers that follow the nesting alone would miss those below a second parent.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.export.loss import Losses
from kg.export.source import Source
from kg.export.sssom import MappingRow, mapping_rows
from kg.files import write_whole
from kg.graph import NOTICE
from kg.prefixes import GRAPH, NET, ONTOLOGY_IRI, PREFIXES, compress, expand
from kg.query.kinds import MAIN_CLASSES
from kg.store import select
from kg.terms import CODE, DEFINITION, LABEL, SUBCLASS, SYNONYM_SCOPES, TYPE

Resource = dict[str, Any]

SYSTEM = ONTOLOGY_IRI
"""The code system: the ontology's address, as HL7 names Mondo by its ontology's address."""
BASE = NET + "fhir/"

HL7_SYSTEMS: dict[str, str] = {
    "ATC": "http://www.whocc.no/atc",
    "HGNC": "http://www.genenames.org",
    "HP": "http://human-phenotype-ontology.org",
    "ICD10CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "ICDO": "http://terminology.hl7.org/CodeSystem/icd-o-3",
    "MEDDRA": "https://www.meddra.org",
    "MESH": "https://www.nlm.nih.gov/mesh",
    "NCIT": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "Orphanet": "https://www.orpha.net",
    "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "SCTID": "http://snomed.info/sct",
    "UMLS": "http://terminology.hl7.org/CodeSystem/umls",
    "UNII": "http://fdasis.nlm.nih.gov",
    "UniProtKB": "https://www.uniprot.org",
}
"""Vocabulary → the address that HL7 Terminology prefers (its naming systems, read in HL7/UTG at a19c2636 of 2026-08-04)."""

OBO = "http://purl.obolibrary.org/obo/"
PREFIXED = {"EFO", "HGNC"}
"""Vocabularies outside OBO whose codes carry their prefix; of HGNC, HL7's naming system says so."""

RELATIONSHIPS = {
    "skos:exactMatch": "equivalent",
    "skos:closeMatch": "related-to",
    "skos:relatedMatch": "related-to",
    "skos:broadMatch": "source-is-narrower-than-target",
    "skos:narrowMatch": "source-is-broader-than-target",
}
COMMENTS = {
    "skos:closeMatch": "close, but not the same",
    "skos:relatedMatch": "of another kind, but related",
    "skos:broadMatch": "the target is broader",
    "skos:narrowMatch": "the target is narrower",
}
"""What is said where the mapping has no comment of its own: FHIR wants one with a target that is narrower (cmd-1)."""

EXACT_SYNONYM = expand("oboInOwl:hasExactSynonym")
LOOSE = {predicate: scope for predicate, scope in SYNONYM_SCOPES.items() if predicate != EXACT_SYNONYM}
"""Synonyms that name something else: no designations of the code, but properties."""

STANDARD_PROPERTIES = "http://hl7.org/fhir/concept-properties#"
UNLISTED = {"Presentation", "FeatureValue", "InformationEntity"}
"""Main classes whose members are no answers to a question that a form would ask."""
REPLACED_BY = expand("IAO:0100001")
DEPRECATED = PREFIXES["owl"] + "deprecated"
COMMENT = PREFIXES["rdfs"] + "comment"
SKOS_DEFINITION = PREFIXES["skos"] + "definition"
CARRIED = {TYPE, LABEL, DEFINITION, SKOS_DEFINITION, COMMENT, CODE, DEPRECATED, *SYNONYM_SCOPES}

BARE_TYPES = {PREFIXES["owl"] + name for name in ("Class", "NamedIndividual", "Thing")}
SUPERCLASSES = "superclasses that are expressions"
EXPRESSION = "a class expression; only relations of a term to a term have a place in a code system"
SAME = "the two mean the same, and neither can be above the other in a tree"
NO_PLACE = "a code system has no place for it"
NO_TERM = "it is about no code of the code system"
ANNOTATION = "a code system has no place for the source of a single statement"
RECORDS = "records of the tables are no terms"

_ABOUT = f"""
SELECT ?p ?o WHERE {{ GRAPH <{GRAPH}ontology> {{ <{ONTOLOGY_IRI}> ?p ?o }} }}"""
_EDGES = f"""
SELECT ?s ?p ?o WHERE {{ GRAPH <{GRAPH}edges> {{ ?s ?p ?o }} }}"""
_RESTRICTIONS = f"""
PREFIX owl: <{PREFIXES["owl"]}>
SELECT ?s ?p ?o WHERE {{ GRAPH <{GRAPH}ontology> {{
  ?s <{SUBCLASS}> ?node . ?node owl:onProperty ?p . {{ ?node owl:someValuesFrom ?o }} UNION {{ ?node owl:hasValue ?o }}
  FILTER(isIRI(?s) && isIRI(?o)) }} }}"""


def fhir(source: Source, path: Path, losses: Losses) -> None:
    """Write the resources, each into a file ``Type-id.json``."""
    terminology = _Terminology(source)
    for resource in terminology.resources():
        write_whole(path / f"{resource['resourceType']}-{resource['id']}.json", [json.dumps(resource, ensure_ascii=False, indent=1), "\n"])
    terminology.report(losses)


def system_of(prefix: str) -> str:
    """Return the address by which FHIR names a vocabulary: HL7's, else the ontology's own, else that of our prefix map.

    >>> system_of("NCIT"), system_of("MONDO"), system_of("ONCOTREE")
    ('http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl', 'http://purl.obolibrary.org/obo/mondo.owl', 'http://identifiers.org/oncotree')
    """
    if prefix in HL7_SYSTEMS:
        return HL7_SYSTEMS[prefix]
    if PREFIXES[prefix].startswith(OBO):
        return f"{OBO}{prefix.lower()}.owl"
    return re.sub(r"[/#][^/#]*$", "", PREFIXES[prefix])


def code_of(curie: str) -> str:
    """Return an identifier as its vocabulary writes it in FHIR: OBO's with the prefix, most others without.

    >>> code_of("MONDO:0019496"), code_of("NCIT:C3809")
    ('MONDO:0019496', 'C3809')
    """
    prefix, _, local = curie.partition(":")
    with_prefix = prefix in PREFIXED or (PREFIXES[prefix].startswith(OBO) and prefix not in HL7_SYSTEMS) or prefix == "HP"
    return curie if with_prefix else local


def _slug(name: str) -> str:
    """Return ``Hormonal syndrome`` or ``HormonalSyndrome`` as ``hormonal-syndrome``; in letters that an id of FHIR may hold."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name)
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


class _Terminology:
    """Reads the terms once and makes the resources of them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._terms = source.terms
        self._about = {
            p.value: o.value
            for p, o in sorted(select(source.graph.store, _ABOUT), key=str)
            if isinstance(p, ox.NamedNode) and isinstance(o, ox.Literal | ox.NamedNode)
        }
        self._values = {iri: name for name, members in sorted(self._terms.codes.items()) for iri in members.values()}
        classes = {iri for iri, kind in self._terms.kinds.items() if kind == "class" and iri.startswith(NET)}
        self._codes = {iri: iri.removeprefix(NET) for iri in sorted(classes | set(self._values))}
        self._left: set[tuple[str, str, str]] = set()
        self._parents = {iri: self._direct_parents(iri) for iri in self._codes}
        self._texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._relations: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for subject, predicate, target in self._triples(_EDGES):
            if subject in self._codes and target in self._codes:
                self._relations[subject].add((predicate, target))
        self._left_of = Counter[tuple[str, str, str]]()
        self._read_quads()

    def resources(self) -> Iterator[Resource]:
        """Yield code system, value sets and concept maps."""
        yield self._code_system()
        yield self._value_set("all", "all codes")
        terms = self._terms
        for name in MAIN_CLASSES:
            if name not in UNLISTED and NET + name in self._codes:
                members = (terms.descendants(NET + name) & self._codes.keys()) - terms.deprecated
                yield self._value_set(_slug(name), terms.labels.get(NET + name, name), sorted(members))
        for iri, values in sorted(terms.codes.items()):
            name = iri.removeprefix(NET)
            yield self._value_set(f"list-{_slug(name)}", f"values of the list {terms.labels.get(iri, name)}", sorted(values.values()))
        by_vocabulary: dict[str, list[MappingRow]] = defaultdict(list)
        for row in mapping_rows(self._source):
            by_vocabulary[row.object_id.partition(":")[0]].append(row)
        for prefix, rows in sorted(by_vocabulary.items()):
            yield self._concept_map(prefix, rows)

    def report(self, losses: Losses) -> None:
        """Say what the resources do not carry."""
        for term, axiom, reason in self._left:
            losses.add(term, axiom, reason)
        for (term, what, reason), count in self._left_of.items():
            if count > 0:
                losses.add(term, f"{count} {what}", reason)

    # -- reading ---------------------------------------------------------------------------------------------------

    def _direct_parents(self, iri: str) -> list[str]:
        """Return the nearest codes above a term; of terms that mean the same, neither is above the other."""
        if iri in self._values:
            return [self._values[iri]] if self._values[iri] in self._codes else []
        terms = self._terms
        above = {parent for parent in terms.parents.get(iri, ()) if parent in self._codes and parent != iri}
        same = {parent for parent in above if iri in terms.ancestors(parent)}
        self._left |= {(iri, f"rdfs:subClassOf {compress(parent)}", SAME) for parent in same}
        above -= same
        return sorted(
            parent
            for parent in above
            if not any(other != parent and parent in terms.ancestors(other) and other not in terms.ancestors(parent) for other in above)
        )

    def _triples(self, query: str) -> Iterator[tuple[str, str, str]]:
        for row in select(self._source.graph.store, query):
            subject, predicate, target = (node.value if isinstance(node, ox.NamedNode) else "" for node in row)
            yield subject, predicate, target

    def _read_quads(self) -> None:
        for quad in self._source.quads():
            graph = quad.graph_name.value.removeprefix(GRAPH) if isinstance(quad.graph_name, ox.NamedNode) else ""
            if graph == "ontology":
                self._read_statement(quad)
            elif graph.startswith("data/") and graph != "data/mappings":
                self._left_of[GRAPH + graph, "statements", RECORDS] += 1
        for subject, predicate, target in set(self._triples(_RESTRICTIONS)):
            if (predicate, target) in self._relations[subject]:
                self._left_of[subject, SUPERCLASSES, EXPRESSION] -= 1

    def _read_statement(self, quad: ox.Quad) -> None:
        subject, predicate, target = quad.subject, quad.predicate.value, quad.object
        if isinstance(subject, ox.BlankNode):
            if predicate == PREFIXES["owl"] + "annotatedSource" and isinstance(target, ox.NamedNode):
                self._left_of[target.value, "annotated statements", ANNOTATION] += 1
        elif isinstance(subject, ox.NamedNode) and subject.value not in self._codes:
            self._left_of[subject.value, "statements", NO_TERM] += 1
        elif isinstance(subject, ox.NamedNode):
            self._read_term(subject.value, predicate, target)

    def _read_term(self, iri: str, predicate: str, target: object) -> None:
        if isinstance(target, ox.BlankNode):
            self._left_of[iri, SUPERCLASSES if predicate == SUBCLASS else f"{compress(predicate)} of an expression", EXPRESSION] += 1
        elif predicate in CARRIED and isinstance(target, ox.Literal):
            self._texts[iri][predicate].append(target.value)
        elif isinstance(target, ox.NamedNode) and predicate == REPLACED_BY and target.value in self._codes:
            self._relations[iri].add((predicate, target.value))
        elif isinstance(target, ox.NamedNode) and ((target.value in self._codes and predicate in (TYPE, SUBCLASS)) or target.value in BARE_TYPES):
            return  # the hierarchy and the kind say it
        elif isinstance(target, ox.NamedNode | ox.Literal):
            self._left.add((iri, f"{compress(predicate)} {compress(target.value) if isinstance(target, ox.NamedNode) else target.value}", NO_PLACE))

    # -- writing ---------------------------------------------------------------------------------------------------

    def _head(self, kind: str, identifier: str, title: str, description: str) -> Resource:
        """Return what all resources begin with."""
        version = self._source.version
        licence = self._about.get(PREFIXES["dcterms"] + "license", "")
        draft = self._about.get(PREFIXES["bibo"] + "status", "").endswith("draft")
        about = f"{description} {NOTICE}"
        head: Resource = {
            "resourceType": kind,
            "id": identifier[:64],
            "language": "en",
            "text": {
                "status": "generated",
                "div": f'<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en"><p>{_escaped(f"{title}. {about}")}</p></div>',
            },
            "url": SYSTEM if kind == "CodeSystem" else f"{BASE}{kind}/{identifier}",
            "version": version,
            "name": "NETKG" + "".join(word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", identifier.removeprefix("net-kg"))),
            "title": title,
            "status": "draft" if draft else "active",
            "experimental": False,
        }
        if re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", version):
            head["date"] = version
        if publisher := self._about.get(PREFIXES["dcterms"] + "publisher"):
            head["publisher"] = publisher
        head["description"] = about
        if licence:
            head["copyright"] = licence
        return head

    def _code_system(self) -> Resource:
        below: dict[str, list[str]] = defaultdict(list)
        for iri, parents in self._parents.items():
            below[parents[0] if parents else ""].append(iri)
        used = sorted({predicate for relations in self._relations.values() for predicate, _ in relations})
        title = self._about.get(PREFIXES["dcterms"] + "title", "NET-KG")
        resource = self._head(
            "CodeSystem", "net-kg", title, self._about.get(PREFIXES["dcterms"] + "description", "Terms of NET-KG.").removesuffix(f" {NOTICE}")
        )
        resource |= {
            "caseSensitive": True,
            "valueSet": f"{BASE}ValueSet/all",
            "hierarchyMeaning": "is-a",
            "compositional": False,
            "versionNeeded": False,
            "content": "complete",
            "count": len(self._codes),
            "property": [
                {"code": "parent", "uri": STANDARD_PROPERTIES + "parent", "description": "a code directly above; a code may have several", "type": "code"},
                {"code": "status", "uri": STANDARD_PROPERTIES + "status", "description": "active or deprecated", "type": "code"},
                {"code": "inactive", "uri": STANDARD_PROPERTIES + "inactive", "description": "true when it is deprecated", "type": "boolean"},
                {"code": "comment", "uri": STANDARD_PROPERTIES + "comment", "description": "a remark on its meaning or use", "type": "string"},
                {"code": "kind", "uri": TYPE, "description": "class, or value of a closed list", "type": "code"},
                {"code": "shortCode", "uri": CODE, "description": "how the tables write a value of a closed list", "type": "string"},
                *(
                    {
                        "code": f"{scope}Synonym",
                        "uri": predicate,
                        "description": f"a name of something {scope}er" if scope != "related" else "a name of something near",
                        "type": "string",
                    }
                    for predicate, scope in LOOSE.items()
                ),
                *(self._property(predicate) for predicate in used),
            ],
        }
        if self._codes:
            resource["concept"] = [self._concept(iri, below) for iri in below[""]]
        return resource

    def _property(self, predicate: str) -> Resource:
        return {"code": _property_code(predicate), "uri": predicate, "description": self._terms.labels.get(predicate, compress(predicate)), "type": "code"}

    def _display(self, iri: str) -> str:
        return self._terms.labels.get(iri, self._codes[iri])

    def _concept(self, iri: str, below: dict[str, list[str]]) -> Resource:
        texts = self._texts[iri]
        concept: Resource = {"code": self._codes[iri], "display": self._display(iri)}
        if iri in self._terms.definitions:
            concept["definition"] = self._terms.definitions[iri]
        if names := sorted(texts[EXACT_SYNONYM]):
            concept["designation"] = [{"language": "en", "value": name} for name in names]
        retired = iri in self._terms.deprecated
        concept["property"] = [
            *({"code": "parent", "valueCode": self._codes[parent]} for parent in self._parents[iri]),
            {"code": "status", "valueCode": "deprecated" if retired else "active"},
            *([{"code": "inactive", "valueBoolean": True}] if retired else []),
            *({"code": "comment", "valueString": text} for text in sorted(texts[COMMENT])),
            {"code": "kind", "valueCode": "value" if iri in self._values else "class"},
            *({"code": "shortCode", "valueString": text} for text in sorted(texts[CODE])),
            *({"code": f"{scope}Synonym", "valueString": text} for predicate, scope in LOOSE.items() for text in sorted(texts[predicate])),
            *({"code": _property_code(predicate), "valueCode": self._codes[target]} for predicate, target in sorted(self._relations[iri])),
        ]
        if children := below.get(iri):
            concept["concept"] = [self._concept(child, below) for child in children]
        return concept

    def _value_set(self, identifier: str, title: str, members: list[str] | None = None) -> Resource:
        """Return the set of some codes, or of all."""
        include: Resource = {"system": SYSTEM, "version": self._source.version}
        if members is not None:
            include["concept"] = [{"code": self._codes[iri], "display": self._display(iri)} for iri in members]
        resource = self._head("ValueSet", identifier, f"NET-KG: {title}", f"Codes of NET-KG: {title}.")
        return resource | {"immutable": False, "compose": {"include": [include]}}

    def _concept_map(self, prefix: str, rows: list[MappingRow]) -> Resource:
        elements: dict[str, list[MappingRow]] = defaultdict(list)
        for row in rows:
            elements[row.subject_id].append(row)
        resource = self._head("ConceptMap", f"net-kg-to-{_slug(prefix)}", f"NET-KG to {prefix}", f"What terms of NET-KG mean in the vocabulary {prefix}.")
        return resource | {
            "property": [
                {"code": "predicate", "uri": PREFIXES["sssom"] + "predicate_id", "description": "the relation in SKOS", "type": "string"},
                {"code": "justification", "uri": PREFIXES["sssom"] + "mapping_justification", "description": "how the mapping was found", "type": "string"},
                {
                    "code": "release",
                    "uri": PREFIXES["sssom"] + "object_source_version",
                    "description": "release of the vocabulary that was read",
                    "type": "string",
                },
                {"code": "confidence", "uri": PREFIXES["sssom"] + "confidence", "description": "0 to 1", "type": "decimal"},
            ],
            "sourceScopeCanonical": f"{BASE}ValueSet/all",
            "group": [
                {
                    "source": f"{SYSTEM}|{self._source.version}",
                    "target": system_of(prefix),
                    "element": [
                        {"code": subject.removeprefix("net:"), "display": found[0].subject_label, "target": [_target(row) for row in found]}
                        for subject, found in sorted(elements.items())
                    ],
                }
            ],
        }


def _target(row: MappingRow) -> Resource:
    target: Resource = {"code": code_of(row.object_id)}
    if row.object_label:
        target["display"] = row.object_label
    target["relationship"] = RELATIONSHIPS[row.predicate_id]
    if comment := row.comment or COMMENTS.get(row.predicate_id):
        target["comment"] = comment
    target["property"] = [{"code": "predicate", "valueString": row.predicate_id}, {"code": "justification", "valueString": row.mapping_justification}]
    if row.object_source_version:
        target["property"].append({"code": "release", "valueString": row.object_source_version})
    if row.confidence:
        target["property"].append({"code": "confidence", "valueDecimal": float(row.confidence)})
    return target


def _property_code(predicate: str) -> str:
    return predicate.removeprefix(NET) if predicate.startswith(NET) else compress(predicate).replace(":", "_")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
