"""GraphML, for Gephi, yEd, networkx and igraph."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from kg.export.characters import NOT_KEPT, UNSAFE
from kg.export.loss import Losses
from kg.export.property_graph import PropertyGraph
from kg.export.source import Source
from kg.files import whole_file

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
SEPARATOR = " | "
"""Between the values of an attribute that has several."""


def graphml(source: Source, path: Path, losses: Losses) -> None:
    """Write nodes with their attributes, and edges with the name of their property."""
    graph = PropertyGraph(source, losses)
    names = graph.attribute_names()
    keys = {"name": "name", "category": "category", "iri": "iri"} | {name: f"a{number}" for number, name in enumerate(names)}
    with whole_file(path) as stream:
        xml = XMLGenerator(stream, "utf-8", short_empty_elements=True)
        xml.startDocument()
        xml.startElement("graphml", AttributesImpl({"xmlns": NAMESPACE}))
        for name, key in keys.items():
            _line(xml, "key", {"id": key, "for": "node", "attr.name": name, "attr.type": "string"})
        for name, kind in (("predicate", "string"), ("label", "string"), ("inferred", "boolean")):
            _line(xml, "key", {"id": name, "for": "edge", "attr.name": name, "attr.type": kind})
        xml.startElement("graph", AttributesImpl({"id": "net-kg", "edgedefault": "directed"}))
        for node in graph.nodes():
            values = {"name": node.name, "category": node.category, "iri": node.iri}
            values |= {keys[name]: SEPARATOR.join(found) for name, found in node.attributes.items()}
            for key, value in values.items():
                if UNSAFE.search(value):
                    losses.add(node.iri, f"{key} {value}", NOT_KEPT)
            _element(xml, "node", {"id": node.id}, values)
        for edge in graph.edges():
            values = {"predicate": edge.predicate, "label": edge.name, "inferred": str(edge.inferred).lower()}
            _element(xml, "edge", {"source": edge.subject, "target": edge.object}, values)
        xml.endElement("graph")
        xml.endElement("graphml")
        xml.endDocument()


def _element(xml: XMLGenerator, name: str, attributes: dict[str, str], data: dict[str, str]) -> None:
    xml.characters("\n")
    xml.startElement(name, AttributesImpl(attributes))
    for key, value in data.items():
        if value:
            xml.startElement("data", AttributesImpl({"key": key}))
            xml.characters(UNSAFE.sub("\ufffd", value))
            xml.endElement("data")
    xml.endElement(name)


def _line(xml: XMLGenerator, name: str, attributes: dict[str, str]) -> None:
    xml.characters("\n")
    xml.startElement(name, AttributesImpl(attributes))
    xml.endElement(name)
