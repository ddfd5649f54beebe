"""Everything that the graph says of one term or record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from kg.graph import NOTICE, Graph
from kg.prefixes import NET, PREFIXES, compress, expand
from kg.query.kept import version
from kg.query.kinds import RECORDS, kind_of
from kg.serve.api.answers import as_json, text_of
from kg.serve.api.concise import RDF_FORMS, concise
from kg.serve.api.links import Link, by_label, cell, href, is_iri, labels_of, link, local, named, outward, said_of, unknown
from kg.serve.api.records import Reader, read_records
from kg.serve.calls import Reply
from kg.store import Rows, Term, select

JSON_FORM = "json"
MOST = 100
"""Statements of one kind that are written out; all of them are counted."""
MOST_NODES = 40
"""Nodes of the small graph."""
FIRST_KINDS = ("recommendation", "regulatory decision", "comparison", "evidence")
"""Kinds of statements that come first."""

QUERIES: dict[str, str] = {
    "about": "SELECT ?graph ?property ?value WHERE { GRAPH ?graph { <IRI> ?property ?value } } ORDER BY ?graph ?property ?value",
    "definition_sources": "SELECT DISTINCT ?source WHERE { ?axiom owl:annotatedSource <IRI> ; owl:annotatedProperty IAO:0000115 ;"
    " oboInOwl:hasDbXref ?source } ORDER BY ?source",
    "relations": "SELECT DISTINCT ?property ?object WHERE { GRAPH <https://w3id.org/net-kg/graph/edges> { <IRI> ?property ?object }"
    " FILTER(STRSTARTS(STR(?property), STR(net:))) } ORDER BY ?property ?object",
    "incoming": "SELECT DISTINCT ?subject ?property WHERE { GRAPH <https://w3id.org/net-kg/graph/edges> { ?subject ?property <IRI> }"
    " FILTER(STRSTARTS(STR(?property), STR(net:))) } ORDER BY ?property ?subject",
    "statements": "SELECT DISTINCT ?statement ?property WHERE { GRAPH ?graph { ?statement ?property <IRI> }"
    " FILTER(STRSTARTS(STR(?graph), 'https://w3id.org/net-kg/graph/data/') && STRSTARTS(STR(?property), STR(net:)))"
    " FILTER(?graph != <https://w3id.org/net-kg/graph/data/populations>) } ORDER BY ?statement ?property",
    "scoped": "SELECT DISTINCT ?statement WHERE { ?criterion net:requires <IRI> . ?alternative net:criterion ?criterion ."
    " ?population net:alternative ?alternative . ?statement net:population ?population } ORDER BY ?statement",
    "evidence": "SELECT ?comparison ?evidence WHERE { VALUES ?comparison { IRIS } ?evidence net:comparison ?comparison } ORDER BY ?comparison ?evidence",
    "mappings": "SELECT ?predicate ?target ?label ?version ?remark WHERE {"
    " VALUES ?predicate { skos:exactMatch skos:closeMatch skos:broadMatch skos:narrowMatch skos:relatedMatch }"
    " <IRI> ?predicate ?target OPTIONAL { ?mapping owl:annotatedSource <IRI> ; owl:annotatedProperty ?predicate ; owl:annotatedTarget ?target"
    " OPTIONAL { ?mapping sssom:object_label ?label } OPTIONAL { ?mapping sssom:object_source_version ?version }"
    " OPTIONAL { ?mapping sssom:comment ?remark } } } ORDER BY ?predicate ?target",
    "hierarchy": "SELECT ?child ?parent WHERE { { <IRI> rdfs:subClassOf ?parent BIND(<IRI> AS ?child) } UNION { ?child rdfs:subClassOf <IRI>"
    " BIND(<IRI> AS ?parent) } FILTER(!ISBLANK(?parent) && !ISBLANK(?child)) } ORDER BY ?child ?parent",
}
"""The query behind each section of the page."""


def term(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Explain a term or record.

    :param arguments: ``name``: local name, CURIE, IRI, label or exact synonym; ``form``: json, or one of
        :data:`kg.serve.api.concise.RDF_FORMS`
    :raises UnknownTermError: when the graph has nothing of that name; the hint names near ones
    """
    iri = named(graph, text_of(arguments, "name"))
    form = text_of(arguments, "form", JSON_FORM)
    return concise(graph, iri, form) if form in RDF_FORMS else as_json(document(graph, iri))


def known(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Confirm that a path is the local part of an identifier of ours.

    :param arguments: ``path``
    :raises UnknownTermError: when it is not; the hint names near ones
    """
    path = text_of(arguments, "path")
    if not is_iri(NET + path) or not said_of(graph, NET + path):
        raise unknown(graph, path)
    return as_json({"iri": NET + path, "href": href(NET + path)})


def document(graph: Graph, iri: str) -> dict[str, Any]:
    """Return everything that the graph says of an identifier."""
    terms = graph.terms
    is_term = iri in terms.kinds
    relations = list(_relations(graph, iri)) if is_term else []
    incoming = list(_incoming(graph, iri)) if is_term else []
    record = None if is_term else _record(graph, iri)
    labels = labels_of(graph, {iri})
    parts = {
        "iri": iri,
        "curie": compress(iri),
        "name": local(iri),
        "label": labels.get(iri, local(iri)),
        "kind": kind_of(graph, iri),
        "type": terms.kinds.get(iri, "record" if iri.startswith(NET) and "/" in local(iri) else "resource"),
        "deprecated": iri in terms.deprecated,
        "replaced_by": _replacements(graph, iri) if iri in terms.deprecated else [],
        "definition": terms.definitions.get(iri, ""),
        "definition_sources": _definition_sources(graph, iri) if is_term else [],
        "comment": _comment(graph, iri),
        "synonyms": terms.synonyms.get(iri, {}),
        "paths": [[link(step, terms.labels) for step in path] for path in _paths(graph, iri)] if is_term else [],
        "parents": _links(graph, terms.parents.get(iri, ())),
        "children": _links(graph, terms.children.get(iri, ())),
        "siblings": _links(graph, _siblings(graph, iri)),
        "relations": relations,
        "incoming": incoming,
        "record": record,
        "properties": [] if is_term or record else _properties(graph, iri),
        "statements": _statements(graph, iri),
        "scoped": _scoped(graph, iri),
        "mappings": _mappings(graph, iri),
        "graph": _small_graph(graph, iri, relations, incoming),
    }
    return parts | {"sparql": {name: text_for(name, iri) for name in QUERIES if name != "evidence"}, "notice": NOTICE, "version": version(graph)}


def text_for(section: str, iri: str) -> str:
    """Return the query behind a section, with the prefixes that it needs: it can be run as it is."""
    body = QUERIES[section].replace("<IRI>", str(ox.NamedNode(iri)))
    used = [name for name in ("net", "rdfs", "owl", "skos", "oboInOwl", "IAO", "sssom") if f"{name}:" in body.replace(f"<{iri}>", "")]
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in used) + body


def _rows(graph: Graph, section: str, iri: str) -> Rows:
    return select(graph.store, text_for(section, iri))


def _value(cell: object) -> str:
    return cell.value if isinstance(cell, ox.NamedNode | ox.Literal) else ""


def _definition_sources(graph: Graph, iri: str) -> list[dict[str, str | None]]:
    return [{"text": _value(source), "url": outward(_value(source))} for (source,) in _rows(graph, "definition_sources", iri)]


def _comment(graph: Graph, iri: str) -> str:
    rows = select(graph.store, f"SELECT DISTINCT ?v WHERE {{ {ox.NamedNode(iri)} <{PREFIXES['rdfs']}comment> ?v }} ORDER BY ?v")
    return " ".join(_value(cell) for (cell,) in rows)


def _replacements(graph: Graph, iri: str) -> list[Link]:
    rows = select(graph.store, f"SELECT DISTINCT ?v WHERE {{ {ox.NamedNode(iri)} <{expand('IAO:0100001')}> ?v }} ORDER BY ?v")
    return [link(_value(other), graph.terms.labels) for (other,) in rows]


def _links(graph: Graph, iris: Iterable[str]) -> list[Link]:
    terms = graph.terms
    return [link(iri, terms.labels) for iri in by_label(graph, iris) if iri in terms.labels]


def _siblings(graph: Graph, iri: str) -> set[str]:
    terms = graph.terms
    nearest = terms.parents.get(iri, set()) - {above for parent in terms.parents.get(iri, ()) for above in terms.ancestors(parent) - {parent}}
    return {child for parent in nearest for child in terms.children.get(parent, ())} - {iri} - terms.descendants(iri)


def _paths(graph: Graph, iri: str, most: int = 6) -> list[list[str]]:
    """Return ways from a class up to its roots, over the nearest classes above each."""
    terms = graph.terms
    parents = {parent for parent in terms.parents.get(iri, ()) if parent in terms.labels and parent != iri}
    nearest = sorted(parents - {above for parent in parents for above in terms.ancestors(parent) - {parent} if iri not in terms.ancestors(above)})
    if not nearest:
        return [[iri]]
    return [[iri, *path] for parent in nearest for path in _paths(graph, parent, most)][:most]


def _relations(graph: Graph, iri: str) -> Iterator[dict[str, Any]]:
    rows = _rows(graph, "relations", iri)
    yield from _sentences(graph, ((iri, _value(prop), _value(value)) for prop, value in rows))


def _incoming(graph: Graph, iri: str) -> Iterator[dict[str, Any]]:
    rows = _rows(graph, "incoming", iri)
    yield from _sentences(graph, ((_value(subject), _value(prop), iri) for subject, prop in rows))


def _sentences(graph: Graph, triples: Iterable[tuple[str, str, str]]) -> Iterator[dict[str, Any]]:
    triples = list(triples)
    labels = labels_of(graph, {iri for triple in triples for iri in triple})
    for triple in triples:
        subject, prop, value = (labels.get(iri, compress(iri)) for iri in triple)
        ends = dict(zip(("subject", "property", "object"), (link(iri, labels) for iri in triple), strict=True))
        yield {"sentence": f"{subject} {prop} {value}"} | ends


def _record(graph: Graph, iri: str) -> dict[str, Any] | None:
    """Return a curated row in full; nothing for anything else."""
    records = read_records(graph, [iri])
    if not records:
        return None
    reader = Reader(graph, records)
    return reader.item(records[0]) | {"values": reader.values(records[0]), "evidence": _evidence(graph, [iri]).get(iri, [])}


def _properties(graph: Graph, iri: str) -> list[dict[str, Any]]:
    """Return properties and values of what is neither a term nor a row, such as the data set or a file."""
    found: dict[str, list[Term | None]] = defaultdict(list)
    rows = select(graph.store, f"SELECT DISTINCT ?p ?o WHERE {{ {ox.NamedNode(iri)} ?p ?o FILTER(!ISBLANK(?o)) }} ORDER BY ?p ?o")
    for prop, value in rows:
        found[_value(prop)].append(value)
    labels = labels_of(graph, {*found, *(_value(value) for values in found.values() for value in values)})
    return [{"property": link(prop, labels), "values": [cell(value, labels) for value in values]} for prop, values in found.items()]


def _statements(graph: Graph, iri: str) -> list[dict[str, Any]]:
    """Return the rows that point to a term or record, by kind."""
    roles: dict[str, list[str]] = defaultdict(list)
    for statement, prop in _rows(graph, "statements", iri):
        if _value(statement).startswith(NET) and local(_value(statement)).partition("/")[0] in RECORDS:
            roles[_value(statement)].append(_value(prop))
    return _grouped(graph, roles)


def _scoped(graph: Graph, iri: str) -> list[dict[str, Any]]:
    """Return the rows whose population requires a term."""
    if iri not in graph.terms.kinds:
        return []
    return _grouped(graph, {_value(statement): [] for (statement,) in _rows(graph, "scoped", iri)})


def _grouped(graph: Graph, roles: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for statement in roles:
        by_kind[kind_of(graph, statement)].append(statement)
    order = sorted(by_kind, key=lambda kind: (FIRST_KINDS.index(kind) if kind in FIRST_KINDS else len(FIRST_KINDS), kind))
    shown = {kind: by_kind[kind][:MOST] for kind in order}
    reader = Reader(graph, read_records(graph, (iri for kind in order for iri in shown[kind])))
    evidence = _evidence(graph, shown.get("comparison", []))
    items: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in reader.records:
        role = _role(graph, roles[record.iri])
        item = reader.item(record, role=role)
        items[item["kind"]].append(item | ({"evidence": evidence[record.iri]} if record.iri in evidence else {}))
    return [{"kind": kind, "count": len(by_kind[kind]), "items": sorted(items[kind], key=_item_order)} for kind in order]


def _item_order(item: Mapping[str, Any]) -> tuple[bool, str, str]:
    return bool(item["superseded"]), item["direction"] or item["jurisdiction"] or "", item["name"]


def _role(graph: Graph, properties: Iterable[str]) -> str:
    """Return how a row is connected; ``about`` says no more than the property beside it."""
    own = [prop for prop in properties if prop != NET + "about"]
    return ", ".join(graph.terms.labels.get(prop, local(prop)) for prop in own)


def _evidence(graph: Graph, comparisons: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    nodes = " ".join(str(ox.NamedNode(iri)) for iri in comparisons)
    if not nodes:
        return {}
    pairs = select(graph.store, f"PREFIX net: <{NET}>\n" + QUERIES["evidence"].replace("IRIS", nodes))
    of = {_value(item): _value(comparison) for comparison, item in pairs}
    reader = Reader(graph, read_records(graph, of))
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in reader.records:
        item = reader.item(record)
        found[of[record.iri]].append({key: item[key] for key in ("iri", "name", "href", "sentence", "sources", "read_at", "curation", "note")})
    return found


def _mappings(graph: Graph, iri: str) -> list[dict[str, str | None]]:
    return [
        {
            "predicate": compress(_value(predicate)),
            "curie": compress(_value(target)),
            "iri": _value(target),
            "url": _value(target),
            "label": _value(label) or None,
            "source": _value(edition) or None,
            "comment": _value(remark) or None,
        }
        for predicate, target, label, edition, remark in _rows(graph, "mappings", iri)
    ]


def _small_graph(graph: Graph, iri: str, relations: Iterable[Mapping[str, Any]], incoming: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the neighbourhood of a term: what it is a kind of, its relations, and its kinds as far as there is room."""
    terms = graph.terms
    labels = labels_of(graph, {iri})
    nodes = {iri: {"id": iri, "label": labels.get(iri, local(iri)), "kind": kind_of(graph, iri), "href": href(iri), "centre": True}}
    edges: list[dict[str, str]] = []

    def add(source: Link, target: Link, label: str) -> None:
        for end in (source, target):
            key = end["iri"] or ""
            if key not in nodes and len(nodes) < MOST_NODES:
                nodes[key] = {"id": key, "label": end["label"] or end["curie"], "kind": kind_of(graph, key), "href": end["href"], "centre": False}
        if source["iri"] in nodes and target["iri"] in nodes:
            edges.append({"source": source["iri"] or "", "target": target["iri"] or "", "label": label})

    this = link(iri, terms.labels)
    path = _paths(graph, iri)[0] if iri in terms.kinds else []
    for parent in path[1:2]:
        add(this, link(parent, terms.labels), "is a")
    for relation in (*relations, *incoming):
        add(relation["subject"], relation["object"], relation["property"]["label"] or relation["property"]["curie"])
    for child in _links(graph, terms.children.get(iri, ())):
        add(child, this, "is a")
    return {"nodes": list(nodes.values()), "edges": edges}
