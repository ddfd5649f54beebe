"""OBO Graphs, held against the rules of its schema and read back by obographs, fastobo, OAK and ROBOT."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import fastobo
import pyoxigraph as ox
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from kg.export import FORMATS
from kg.export.axioms import Annotation, Axiom, Entity, Expression, Part, make_axiom
from kg.export.loss import Losses
from kg.export.source import Source
from kg.prefixes import PREFIXES, expand
from kg.settings import Sources
from tests.export.conftest import Reader, Robot, source_of
from tests.export.small_ontologies import bare, comparable, ontologies, ontology_of, source_of_triples

NET, RDFS, OWL = PREFIXES["net"], PREFIXES["rdfs"], PREFIXES["owl"]
XREF, SYNONYM_TYPE = expand("oboInOwl:hasDbXref"), expand("oboInOwl:hasSynonymType")
MATCHES = {expand(f"skos:{kind}Match") for kind in ("exact", "close", "broad", "narrow", "related")}

STRING: dict[str, Any] = {"type": "string"}
STRINGS = {"type": "array", "items": STRING}


def _object(required: str, **properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": required.split(), "additionalProperties": False}


def _array(item: object) -> dict[str, object]:
    return {"type": "array", "items": item}


META = {"$ref": "#/$defs/meta"}
EDGE = _object("sub pred obj", sub=STRING, pred=STRING, obj=STRING, meta=META)
VALUE = _object("pred val", pred=STRING, val=STRING, xrefs=STRINGS, meta=META)
RULES = {
    "$defs": {
        "meta": _object(
            "",
            definition=_object("val", val=STRING, xrefs=STRINGS, meta=META),
            comments=STRINGS,
            subsets=STRINGS,
            synonyms=_array(_object("pred val", pred=STRING, val=STRING, xrefs=STRINGS, synonymType=STRING, meta=META)),
            xrefs=_array(_object("val", val=STRING, meta=META)),
            basicPropertyValues=_array(VALUE),
            version=STRING,
            deprecated={"type": "boolean"},
        )
    },
    **_object(
        "graphs",
        graphs=_array(
            _object(
                "id nodes edges",
                id=STRING,
                meta=META,
                nodes=_array(
                    _object(
                        "id type meta",
                        id=STRING,
                        lbl=STRING,
                        type={"enum": ["CLASS", "INDIVIDUAL", "PROPERTY"]},
                        propertyType={"enum": ["ANNOTATION", "OBJECT", "DATA"]},
                        meta=META,
                    )
                ),
                edges=_array(EDGE),
                equivalentNodesSets=_array(_object("representativeNodeId nodeIds", representativeNodeId=STRING, nodeIds=STRINGS, meta=META)),
                logicalDefinitionAxioms=_array(
                    _object(
                        "definedClassId genusIds restrictions",
                        definedClassId=STRING,
                        genusIds=STRINGS,
                        restrictions=_array(_object("propertyId fillerId", propertyId=STRING, fillerId=STRING)),
                        meta=META,
                    )
                ),
                domainRangeAxioms=_array(
                    _object("predicateId", predicateId=STRING, domainClassIds=STRINGS, rangeClassIds=STRINGS, allValuesFromEdges=_array(EDGE), meta=META)
                ),
                propertyChainAxioms=_array(_object("predicateId chainPredicateIds", predicateId=STRING, chainPredicateIds=STRINGS, meta=META)),
            )
        ),
    ),
}
"""What the project's own schema says of a document, and that a node has a type and a ``meta``."""


def written(source: Source, folder: Path) -> tuple[Path, Losses]:
    losses = Losses()
    FORMATS["obographs"].writer()(source, folder / "a.json", losses)
    return folder / "a.json", losses


def graph_of(path: Path) -> dict[str, Any]:
    document = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator(RULES).validate(document)
    (graph,) = document["graphs"]
    found: dict[str, Any] = graph
    return found


class ReadBack:
    """The axioms that a graph says, after the mapping from OWL that the format's project describes."""

    def __init__(self, graph: dict[str, Any]) -> None:
        self.axioms: list[Axiom] = []
        self._kinds = {node["id"]: _kind(node) for node in graph["nodes"]}
        for node in graph["nodes"]:
            self._node(node)
        for edge in graph["edges"]:
            self._edge(edge)
        for item in graph["equivalentNodesSets"]:
            self._add("EquivalentClasses", *(Entity("Class", iri) for iri in item["nodeIds"]), meta=item)
        for item in graph["logicalDefinitionAxioms"]:
            members: list[Part] = [Entity("Class", iri) for iri in item["genusIds"]]
            members += [_restriction("Some", pair["propertyId"], Entity("Class", pair["fillerId"])) for pair in item["restrictions"]]
            self._add("EquivalentClasses", Entity("Class", item["definedClassId"]), Expression("ObjectIntersectionOf", tuple(members)), meta=item)
        for item in graph["propertyChainAxioms"]:
            chain = tuple(Entity("ObjectProperty", iri) for iri in item["chainPredicateIds"])
            self._add("SubObjectPropertyOf", Expression("ObjectPropertyChain", chain), Entity("ObjectProperty", item["predicateId"]), meta=item)
        for item in graph["domainRangeAxioms"]:
            self._ends(item)

    def _add(self, name: str, *parts: Part, meta: dict[str, Any]) -> None:
        self.axioms.append(make_axiom(name, parts, _notes(meta)))

    def _said(self, iri: str, prop: str, value: str, notes: tuple[Annotation, ...] = ()) -> None:
        kind = self._kinds.get(prop)
        if kind == "DataProperty":
            self.axioms.append(make_axiom("DataPropertyAssertion", (Entity(kind, prop), Entity("NamedIndividual", iri), ox.Literal(value)), notes))
        else:
            subject = (Entity("AnnotationProperty", prop), ox.NamedNode(iri))
            self.axioms += [make_axiom("AnnotationAssertion", (*subject, part), notes) for part in _readings(value)]

    def _node(self, node: dict[str, Any]) -> None:
        iri, meta = node["id"], node["meta"]
        self.axioms.append(make_axiom("Declaration", (Entity(_kind(node), iri),)))
        matched = {expand_or_same(value["val"]) for value in meta.get("basicPropertyValues", []) if value["pred"] in MATCHES}
        if "lbl" in node:
            self._said(iri, RDFS + "label", node["lbl"])
        if "definition" in meta:
            self._said(iri, expand("IAO:0000115"), meta["definition"]["val"], _references(meta["definition"]))
        for text in meta.get("comments", []):
            self._said(iri, RDFS + "comment", text)
        for subset in meta.get("subsets", []):
            self._said(iri, expand("oboInOwl:inSubset"), subset)
        for synonym in meta.get("synonyms", []):
            kind = (Annotation(SYNONYM_TYPE, ox.NamedNode(synonym["synonymType"])),) if "synonymType" in synonym else ()
            self._said(iri, expand(f"oboInOwl:{synonym['pred']}"), synonym["val"], (*_references(synonym), *kind))
        for xref in meta.get("xrefs", []):
            if expand_or_same(xref["val"]) not in matched:
                self._said(iri, XREF, xref["val"])
        for value in meta.get("basicPropertyValues", []):
            self._said(iri, value["pred"], value["val"], _notes(value))
        if meta.get("deprecated"):
            self.axioms.append(make_axiom("AnnotationAssertion", (Entity("AnnotationProperty", OWL + "deprecated"), ox.NamedNode(iri), ox.Literal(True))))

    def _edge(self, edge: dict[str, Any]) -> None:
        one, other = edge["sub"], edge["obj"]
        kind = self._kinds[one]
        match edge["pred"]:
            case "is_a":
                self._add("SubClassOf", Entity("Class", one), Entity("Class", other), meta=edge)
            case "subPropertyOf":
                self._add(f"Sub{kind}Of", Entity(kind, one), Entity(kind, other), meta=edge)
            case "inverseOf":
                self._add("InverseObjectProperties", Entity(kind, one), Entity(kind, other), meta=edge)
            case "type":
                self._add("ClassAssertion", Entity("Class", other), Entity("NamedIndividual", one), meta=edge)
            case prop if kind == "NamedIndividual":
                self._add("ObjectPropertyAssertion", Entity("ObjectProperty", prop), Entity(kind, one), Entity(kind, other), meta=edge)
            case prop:
                filler = self._kinds.get(other, "Class")
                self._add("SubClassOf", Entity("Class", one), _restriction("Some" if filler == "Class" else "Has", prop, Entity(filler, other)), meta=edge)

    def _ends(self, item: dict[str, Any]) -> None:
        kind = self._kinds[item["predicateId"]]
        for end in ("Domain", "Range"):
            for cls in item.get(f"{end.lower()}ClassIds", []):
                self._add(f"{kind}{end}", Entity(kind, item["predicateId"]), Entity("Class", cls), meta={})
        for edge in item.get("allValuesFromEdges", []):
            self._add("SubClassOf", Entity("Class", edge["sub"]), _restriction("All", edge["pred"], Entity("Class", edge["obj"])), meta=edge)


def expand_or_same(reference: str) -> str:
    return expand(reference) if reference.partition(":")[0] in PREFIXES else reference


def _kind(node: dict[str, Any]) -> str:
    return {"CLASS": "Class", "INDIVIDUAL": "NamedIndividual"}.get(node["type"]) or f"{node['propertyType'].title()}Property"


def _restriction(quantifier: str, prop: str, filler: Entity) -> Expression:
    name = {"Some": "ObjectSomeValuesFrom", "All": "ObjectAllValuesFrom", "Has": "ObjectHasValue"}[quantifier]
    return Expression(name, (Entity("ObjectProperty", prop), filler))


def _readings(value: str) -> list[ox.NamedNode | ox.Literal]:
    """Return what a value may be: the format does not tell a name from its text."""
    return [ox.Literal(value), *([ox.NamedNode(value)] if value.startswith("http") else [])]


def _references(item: dict[str, Any]) -> tuple[Annotation, ...]:
    return tuple(Annotation(XREF, ox.Literal(expand_or_same(xref))) for xref in item["xrefs"])


def _notes(item: dict[str, Any]) -> tuple[Annotation, ...]:
    said = item.get("meta", {}).get("basicPropertyValues", [])
    return tuple(Annotation(value["pred"], _readings(value["val"])[-1], _notes(value)) for value in said)


def check_round_trip(source: Source, folder: Path) -> None:
    """Each axiom is in the file or in the report of losses, and the file says nothing else."""
    path, losses = written(source, folder)
    found = {text for axiom in ReadBack(graph_of(path)).axioms for text in comparable(axiom)}
    axioms = ontology_of(source).axioms
    lost = {loss.axiom for loss in losses}
    kept = {text for axiom in axioms if axiom.text not in lost for text in comparable(axiom)}
    in_part = {text for axiom in axioms if axiom.text in lost for part in _in_part(axiom) for text in comparable(part)}
    texts = {
        text
        for axiom in axioms
        if axiom.name == "AnnotationAssertion" and isinstance(value := axiom.parts[2], ox.NamedNode)
        for text in comparable(make_axiom(axiom.name, (*axiom.parts[:2], ox.Literal(value.value)), axiom.annotations))
    }
    assert kept <= found
    assert found <= kept | in_part | texts


def _in_part(axiom: Axiom) -> list[Axiom]:
    """Return what may be written of an axiom that is not written whole."""
    plain = bare(axiom)
    references = tuple(note for note in axiom.annotations if note.property in {XREF, SYNONYM_TYPE})
    return [plain, make_axiom(plain.name, plain.parts, references), make_axiom(plain.name, plain.parts, axiom.annotations)]


@settings(max_examples=60)
@given(ontologies)
def test_every_axiom_is_written_or_lost(sources: Sources, tmp_path: Path, triples: list[ox.Triple]) -> None:
    check_round_trip(source_of_triples(triples, sources), tmp_path)


def test_every_axiom_of_ours_is_written_or_lost(real: Source, tmp_path: Path) -> None:
    check_round_trip(real, tmp_path)


SMALL = """@prefix net: <https://w3id.org/net-kg/> . @prefix g: <https://w3id.org/net-kg/graph/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix IAO: <http://purl.obolibrary.org/obo/IAO_> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
g:ontology { <https://w3id.org/net-kg/ontology> a owl:Ontology ; owl:versionIRI <https://w3id.org/net-kg/ontology/1> .
  net:A a owl:Class ; rdfs:label "a \\"b\\""@en , "ah"@de ; rdfs:subClassOf net:B , [ a owl:Restriction ; owl:onProperty net:p ; owl:hasValue net:i ] .
  net:B a owl:Class ; owl:deprecated true ; IAO:0100001 net:A .
  net:p a owl:ObjectProperty . net:i a owl:NamedIndividual , net:A . net:m skos:note "x" .
  net:A skos:exactMatch <http://purl.obolibrary.org/obo/NCIT_C1> . [] a owl:Axiom ; owl:annotatedSource net:A ; owl:annotatedProperty skos:exactMatch ;
    owl:annotatedTarget <http://purl.obolibrary.org/obo/NCIT_C1> ; rdfs:comment "seen"@en . }
g:meta { net:dataset owl:versionInfo "1" . }
"""


def test_what_a_graph_says(sources: Sources, tmp_path: Path) -> None:
    path, losses = written(source_of(SMALL, sources), tmp_path)
    graph = graph_of(path)
    nodes = {node.pop("id").removeprefix(NET): node for node in graph["nodes"]}
    match = {"pred": "http://www.w3.org/2004/02/skos/core#exactMatch", "val": "http://purl.obolibrary.org/obo/NCIT_C1"}
    seen = {"basicPropertyValues": [{"pred": "http://www.w3.org/2000/01/rdf-schema#comment", "val": "seen"}]}
    assert nodes == {
        "A": {"lbl": 'a "b"', "type": "CLASS", "meta": {"xrefs": [{"val": "NCIT:C1"}], "basicPropertyValues": [match | {"meta": seen}]}},
        "B": {
            "type": "CLASS",
            "meta": {"basicPropertyValues": [{"pred": "http://purl.obolibrary.org/obo/IAO_0100001", "val": f"{NET}A"}], "deprecated": True},
        },
        "i": {"type": "INDIVIDUAL", "meta": {}},
        "p": {"type": "PROPERTY", "propertyType": "OBJECT", "meta": {}},
    }
    assert [tuple(part.removeprefix(NET) for part in edge.values()) for edge in graph["edges"]] == [("A", "p", "i"), ("A", "is_a", "B"), ("i", "type", "A")]
    assert graph["id"] == "https://w3id.org/net-kg/ontology"
    assert graph["meta"]["version"] == "https://w3id.org/net-kg/ontology/1"
    assert {(loss.axiom, loss.reason) for loss in losses} == {
        ('AnnotationAssertion(rdfs:label net:A "ah"@de)', "the text is not in English, and the format has no languages"),
        ('AnnotationAssertion(skos:note net:m "x")', "it is about something that is declared to be neither class, property nor individual"),
    }


def test_fastobo_reads_every_node(real: Source, tmp_path: Path) -> None:
    path, _ = written(real, tmp_path)
    assert len(fastobo.load_graph(str(path))) == len(graph_of(path)["nodes"])


def test_obographs_and_oak_read_it(real: Source, tmp_path: Path, reader: Reader) -> None:
    path, _ = written(real, tmp_path)
    graph = graph_of(path)
    assert reader("obo_graph", path) == {
        "nodes": len(graph["nodes"]),
        "edges": len(graph["edges"]),
        "definitions": len(graph["logicalDefinitionAxioms"]),
        "chains": len(graph["propertyChainAxioms"]),
        "ends": len(graph["domainRangeAxioms"]),
        "entities": len(graph["nodes"]),
        "label": "everolimus",
        "warnings": [],
    }


def test_a_changed_label_changes_one_line(sources: Sources, tmp_path: Path) -> None:
    changed = (SMALL, SMALL.replace('"a ', '"z '))
    texts = [written(source_of(text, sources), tmp_path)[0].read_text(encoding="utf-8").splitlines() for text in changed]
    assert len([pair for pair in zip(*texts, strict=True) if pair[0] != pair[1]]) == 1


def test_obo_and_obo_graphs_hold_the_same_terms(real: Source, tmp_path: Path) -> None:
    path, _ = written(real, tmp_path)
    FORMATS["obo"].writer()(real, tmp_path / "a.obo", Losses())
    frames = fastobo.load(str(tmp_path / "a.obo"))
    nodes = graph_of(path)["nodes"]
    assert sum(isinstance(frame, fastobo.term.TermFrame) for frame in frames) == sum(node["type"] == "CLASS" for node in nodes)
    assert sum(isinstance(frame, fastobo.typedef.TypedefFrame) for frame in frames) == sum(node["type"] == "PROPERTY" for node in nodes)


def test_robot_makes_the_same_edges_from_obo(real: Source, tmp_path: Path, robot: Robot) -> None:
    path, _ = written(real, tmp_path)
    obo = tmp_path / "a.obo"
    FORMATS["obo"].writer()(real, obo, Losses())
    kept = re.sub("^(disjoint_from|is_functional|is_transitive|union_of): .*\n", "", obo.read_text(encoding="utf-8"), flags=re.MULTILINE)
    obo.write_text(kept, encoding="utf-8")  # without what OBO Graphs has no place for: ROBOT warns of each
    robot("convert", "--input", obo, "--format", "json", "--output", tmp_path / "robot.json")
    theirs, ours = (json.loads(file.read_text(encoding="utf-8"))["graphs"][0] for file in (tmp_path / "robot.json", path))
    classes = {node["id"] for node in ours["nodes"] if node["type"] == "CLASS"}
    assert {node["id"]: node["lbl"] for node in theirs["nodes"] if node["id"] in classes} == {
        node["id"]: node["lbl"] for node in ours["nodes"] if node["type"] == "CLASS"
    }
    edges = [{(edge["sub"], edge["pred"], edge["obj"]) for edge in graph["edges"] if {edge["sub"], edge["obj"]} <= classes} for graph in (theirs, ours)]
    assert edges[0] == edges[1]
