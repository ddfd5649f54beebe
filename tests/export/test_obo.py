"""OBO, read back by fastobo, pronto, OAK and ROBOT."""

from __future__ import annotations

import re
from pathlib import Path

import fastobo
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from pronto.ontology import Ontology

from kg.errors import DataError
from kg.export import FORMATS
from kg.export.axioms import Annotation, Axiom, Entity, Expression, Part, make_axiom
from kg.export.loss import Losses
from kg.export.source import Source
from kg.prefixes import PREFIXES, expand
from kg.settings import Sources
from tests.export.conftest import Reader, Robot, source_of
from tests.export.small_ontologies import bare, comparable, ontologies, ontology_of, source_of_triples

RDFS, OWL = PREFIXES["rdfs"], PREFIXES["owl"]
LABEL, COMMENT = RDFS + "label", RDFS + "comment"
MATCHES = {expand(f"skos:{kind}Match") for kind in ("exact", "close", "broad", "narrow", "related")}
HEADER_TYPES = {"SynonymTypedefClause": "oboInOwl:SynonymTypeProperty", "SubsetdefClause": "oboInOwl:SubsetProperty"}
REFERENCES = {expand("oboInOwl:hasDbXref"), expand("oboInOwl:hasSynonymType")}
CHARACTERISTICS = {
    f"Is{name}Clause": f"{name}ObjectProperty" for name in ("Reflexive", "Symmetric", "Asymmetric", "Transitive", "Functional", "InverseFunctional")
}
TERM = """@prefix net: <https://w3id.org/net-kg/> . @prefix g: <https://w3id.org/net-kg/graph/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix IAO: <http://purl.obolibrary.org/obo/IAO_> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix oboInOwl: <http://www.geneontology.org/formats/oboInOwl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
g:ontology {{ net:A a owl:Class . net:B a owl:Class . net:p a owl:ObjectProperty . {} }}
g:meta {{ net:dataset owl:versionInfo "2026-01-01" . }}
"""


def written(source: Source, folder: Path) -> tuple[Path, Losses]:
    losses = Losses()
    FORMATS["obo"].writer()(source, folder / "a.obo", losses)
    return folder / "a.obo", losses


def frame(said: str, sources: Sources, folder: Path, name: str = "net:A") -> tuple[list[str], set[tuple[str, str]]]:
    """Return the lines of a term after its identifier, and what was lost."""
    path, losses = written(source_of(TERM.format(said), sources), folder)
    text = path.read_text(encoding="utf-8")
    fastobo.loads(text)
    return text.partition(f"\nid: {name}\n")[2].partition("\n\n")[0].splitlines(), {(loss.axiom, loss.reason) for loss in losses}


class ReadBack:
    """The axioms that an OBO file says, after OBO's own mapping to OWL, as fastobo reads it."""

    def __init__(self, path: Path) -> None:
        document = fastobo.load(str(path))
        self.axioms: list[Axiom] = []
        for clause in document.header:
            above = HEADER_TYPES.get(type(clause).__name__)
            if above:
                iri = _iri(clause.typedef if hasattr(clause, "typedef") else clause.subset)
                self._add("SubAnnotationPropertyOf", Entity("AnnotationProperty", iri), Entity("AnnotationProperty", expand(above)))
        for entity in document:
            self._frame(entity)

    def _add(self, name: str, *parts: Part, notes: tuple[Annotation, ...] = ()) -> None:
        self.axioms.append(make_axiom(name, parts, notes))

    def _frame(self, entity: fastobo.abc.AbstractEntityFrame) -> None:
        names = [type(clause).__name__ for clause in entity]
        kind = "Class" if isinstance(entity, fastobo.term.TermFrame) else "AnnotationProperty" if "IsMetadataTagClause" in names else "ObjectProperty"
        me = Entity(kind, _iri(entity.id))
        self._add("Declaration", me)
        matched = {_iri(clause.property_value.value) for clause in entity if _is_match(clause)}
        members: dict[str, list[Part]] = {"ObjectIntersectionOf": [], "ObjectUnionOf": []}
        for clause in entity:
            match type(clause).__name__:
                case "IntersectionOfClause":
                    other: Part = Entity("Class", _iri(clause.term))
                    members["ObjectIntersectionOf"].append(_some(clause.typedef, other) if clause.typedef else other)
                case "UnionOfClause":
                    members["ObjectUnionOf"].append(Entity("Class", _iri(clause.term)))
                case "XrefClause" if _iri(clause.xref.id) in matched:
                    pass
                case _:
                    self._clause(me, clause)
        for name, parts in members.items():
            if parts:
                self._add("EquivalentClasses", me, Expression(name, tuple(parts)))

    def _clause(self, me: Entity, clause: fastobo.abc.AbstractClause) -> None:
        stem = {"Class": "Class", "ObjectProperty": "ObjectProperty", "AnnotationProperty": "AnnotationProperty"}[me.kind]
        name = type(clause).__name__
        link = getattr(clause, "term", None) or getattr(clause, "typedef", None)
        other = Entity(me.kind, _iri(link)) if link is not None else me
        match name:
            case "IsAClause":
                self._add("SubClassOf" if stem == "Class" else f"Sub{stem}Of", me, other)
            case "EquivalentToClause":
                self._add("EquivalentClasses" if stem == "Class" else "EquivalentObjectProperties", me, other)
            case "DisjointFromClause":
                self._add("DisjointClasses" if stem == "Class" else "DisjointObjectProperties", me, other)
            case "InverseOfClause":
                self._add("InverseObjectProperties", me, other)
            case "RelationshipClause":
                self._add("SubClassOf", me, _some(clause.typedef, Entity("Class", _iri(clause.term))))
            case "DomainClause" | "RangeClause":
                end = "Domain" if name == "DomainClause" else "Range"
                self._add(f"ObjectProperty{end}", me, Entity("Class", _iri(clause.domain if end == "Domain" else clause.range)))
            case "HoldsOverChainClause":
                chain = (Entity("ObjectProperty", _iri(clause.first)), Entity("ObjectProperty", _iri(clause.last)))
                self._add("SubObjectPropertyOf", Expression("ObjectPropertyChain", chain), me)
            case _ if name in CHARACTERISTICS:
                self._add(CHARACTERISTICS[name], me)
            case "IsMetadataTagClause":
                pass
            case _:
                self._annotation(me, clause)

    def _annotation(self, me: Entity, clause: fastobo.abc.AbstractClause) -> None:
        notes: list[Annotation] = []
        value: ox.Literal | ox.NamedNode
        match type(clause).__name__:
            case "NameClause":
                prop, value = LABEL, ox.Literal(clause.name)
            case "CommentClause":
                prop, value = COMMENT, ox.Literal(clause.comment)
            case "DefClause":
                prop, value = expand("IAO:0000115"), ox.Literal(clause.definition)
                notes = _references(clause.xrefs)
            case "SynonymClause":
                synonym = clause.synonym
                prop, value = expand(f"oboInOwl:has{synonym.scope.title()}Synonym"), ox.Literal(synonym.desc)
                notes = _references(synonym.xrefs)
                notes += [Annotation(expand("oboInOwl:hasSynonymType"), ox.NamedNode(_iri(synonym.type)))] if synonym.type else []
            case "PropertyValueClause":
                said = clause.property_value
                prop = _iri(said.relation)
                value = _literal(said) if isinstance(said, fastobo.pv.LiteralPropertyValue) else ox.NamedNode(_iri(said.value))
            case "IsObsoleteClause":
                prop, value = OWL + "deprecated", ox.Literal(clause.obsolete)
            case name:
                prop = expand({"ReplacedByClause": "IAO:0100001", "ConsiderClause": "oboInOwl:consider", "SubsetClause": "oboInOwl:inSubset"}[name])
                value = ox.NamedNode(_iri(getattr(clause, "subset", None) or getattr(clause, "term", None) or clause.typedef))
        self._add("AnnotationAssertion", Entity("AnnotationProperty", prop), ox.NamedNode(me.iri), value, notes=tuple(notes))


def _iri(identifier: fastobo.id.BaseIdent) -> str:
    return PREFIXES[identifier.prefix] + identifier.local if isinstance(identifier, fastobo.id.PrefixedIdent) else str(identifier)


def _some(prop: fastobo.id.BaseIdent, filler: Part) -> Expression:
    return Expression("ObjectSomeValuesFrom", (Entity("ObjectProperty", _iri(prop)), filler))


def _literal(said: fastobo.pv.LiteralPropertyValue) -> ox.Literal:
    return ox.Literal(said.value, datatype=ox.NamedNode(_iri(said.datatype)))


def _references(xrefs: fastobo.xref.XrefList) -> list[Annotation]:
    return [Annotation(expand("oboInOwl:hasDbXref"), ox.Literal(_iri(xref.id))) for xref in xrefs]


def _is_match(clause: fastobo.abc.AbstractClause) -> bool:
    said = getattr(clause, "property_value", None)
    return isinstance(said, fastobo.pv.ResourcePropertyValue) and _iri(said.relation) in MATCHES


def check_round_trip(source: Source, folder: Path) -> None:
    """Each axiom is in the file or in the report of losses, and the file says nothing else."""
    path, losses = written(source, folder)
    found = {text for axiom in ReadBack(path).axioms for text in comparable(axiom)}
    axioms = ontology_of(source).axioms
    lost = {loss.axiom for loss in losses}
    kept = {text for axiom in axioms if axiom.text not in lost for text in comparable(axiom)}
    in_part = {text for axiom in axioms if axiom.text in lost for part in _in_part(axiom) for text in comparable(part)}
    types = {text for text in found if text.startswith("SubAnnotationPropertyOf") and ("SynonymTypeProperty" in text or "SubsetProperty" in text)}
    assert kept <= found
    assert found - types <= kept | in_part


def _in_part(axiom: Axiom) -> list[Axiom]:
    """Return what may be written of an axiom that is not written whole: its text without what is said of it, or with its references only."""
    match axiom.parts:
        case (Entity("DataProperty", iri),) if axiom.name == "Declaration":
            return [make_axiom("Declaration", (Entity("AnnotationProperty", iri),))]
        case _:
            kept = tuple(note for note in axiom.annotations if note.property in REFERENCES)
            plain = bare(axiom)
            return [plain, make_axiom(plain.name, plain.parts, kept)]


@settings(max_examples=60)
@given(ontologies)
def test_every_axiom_is_written_or_lost(sources: Sources, tmp_path: Path, triples: list[ox.Triple]) -> None:
    check_round_trip(source_of_triples(triples, sources), tmp_path)


def test_every_axiom_of_ours_is_written_or_lost(real: Source, tmp_path: Path) -> None:
    check_round_trip(real, tmp_path)


def test_pronto_reads_it_without_a_warning(real: Source, tmp_path: Path) -> None:
    path, _ = written(real, tmp_path)
    found = Ontology(str(path))
    assert {term.id for term in found.terms()} == set(re.findall(r"^\[Term\]\nid: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE))
    everolimus = found.get_term("net:Everolimus")
    assert everolimus.name == "everolimus"
    assert everolimus.definition is not None
    assert {xref.id for xref in everolimus.definition.xrefs} >= {"PMID:21306238"}
    assert {synonym.description for synonym in everolimus.synonyms} >= {"Afinitor"}
    assert [term.id for term in everolimus.superclasses(distance=1, with_self=False)] == ["net:MTORInhibitor"]
    assert found.get_relationship("net:partOfSite").transitive


def test_the_header_declares_what_is_used(real: Source, tmp_path: Path) -> None:
    path, _ = written(real, tmp_path)
    lines = path.read_text(encoding="utf-8").partition("\n\n")[0].splitlines()
    assert lines[:2] == ["format-version: 1.4", f"data-version: {real.version}"]
    assert 'synonymtypedef: OMO:0003012 "acronym"' in lines
    assert "idspace: net https://w3id.org/net-kg/" in lines
    assert lines[-1] == "ontology: https://w3id.org/net-kg/ontology"
    assert not [line for line in lines if line.startswith("owl-axioms")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (r"a: {b} ! c", r"name: a: \{b\} \! c"),
        (r"x {source=\"y\"}", r'name: x \{source="y"\}'),
        (r"back\\slash \"quoted\"", r'name: back\\slash "quoted"'),
        (r"two\nlines\tand a tab", r"name: two\nlines\tand a tab"),
        ("¹⁷⁷Lu – Ω", "name: ¹⁷⁷Lu – Ω"),
        (" spaces ", 'property_value: rdfs:label " spaces " xsd:string'),
        ("", 'property_value: rdfs:label "" xsd:string'),
    ],
)
def test_names_are_escaped(text: str, line: str, sources: Sources, tmp_path: Path) -> None:
    assert frame(f'net:A rdfs:label "{text}"@en .', sources, tmp_path) == ([line], set())


def test_definitions_are_escaped_and_their_sources_are_references(sources: Sources, tmp_path: Path) -> None:
    said = r"""net:A IAO:0000115 "It \"binds\" {x} \\ ! y.\nSo."@en . [] a owl:Axiom ; owl:annotatedSource net:A ; owl:annotatedProperty IAO:0000115 ;
      owl:annotatedTarget "It \"binds\" {x} \\ ! y.\nSo."@en ;
      oboInOwl:hasDbXref "https://doi.org/10.1/a,b" , "https://w3id.org/net-kg/document/d" , "https://a.example/x" ."""
    line = r'def: "It \"binds\" {x} \\ ! y.\nSo." [DOI:10.1/a\,b, https://a.example/x, net:document/d]'
    assert frame(said, sources, tmp_path) == ([line], set())


def test_two_definitions_are_lost_rather_than_chosen(sources: Sources, tmp_path: Path) -> None:
    lines, lost = frame('net:A IAO:0000115 "One."@en , "Two."@en ; rdfs:label "a"@en .', sources, tmp_path)
    assert lines == ["name: a"]
    assert lost == {
        (f'AnnotationAssertion(IAO:0000115 net:A "{text}"@en)', "there are several definitions, and the format allows one") for text in ("One.", "Two.")
    }


def test_a_definition_in_another_language_is_lost(sources: Sources, tmp_path: Path) -> None:
    lines, lost = frame('net:A IAO:0000115 "A thing."@en , "Ein Ding."@de .', sources, tmp_path)
    assert lines == ['def: "A thing." []']
    assert lost == {('AnnotationAssertion(IAO:0000115 net:A "Ein Ding."@de)', "the text is not in English, and the format has no languages")}


def test_several_comments_are_all_kept(sources: Sources, tmp_path: Path) -> None:
    lines, lost = frame('net:A rdfs:comment "One."@en , "Two."@en .', sources, tmp_path)
    assert lines == ['property_value: rdfs:comment "One." xsd:string', 'property_value: rdfs:comment "Two." xsd:string']
    assert not lost


def test_obsolete_terms_are_kept_with_what_replaces_them(sources: Sources, tmp_path: Path) -> None:
    said = 'net:A owl:deprecated true ; rdfs:label "obsolete a"@en ; IAO:0100001 net:B ; oboInOwl:consider net:C .'
    lines, lost = frame(said, sources, tmp_path)
    assert lines == ["name: obsolete a", "is_obsolete: true", "replaced_by: net:B", "consider: net:C"]
    assert not lost


def test_mappings_are_references_too(sources: Sources, tmp_path: Path) -> None:
    lines, lost = frame("net:A skos:closeMatch <http://purl.obolibrary.org/obo/NCIT_C1> .", sources, tmp_path)
    assert lines == ["xref: NCIT:C1", "property_value: skos:closeMatch NCIT:C1"]
    assert not lost


@pytest.mark.parametrize(
    "said",
    [
        "net:A rdfs:subClassOf <https://other.example/X> .",
        "net:A skos:exactMatch <urn:other:x> .",
        'net:A oboInOwl:hasDbXref "OTHER:1" .',
        'net:A <https://other.example/p> "x" .',
    ],
)
def test_an_unknown_prefix_is_refused(said: str, sources: Sources, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"kg/prefixes.py"):
        written(source_of(TERM.format(said), sources), tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_readers_would_misread_is_lost(sources: Sources, tmp_path: Path) -> None:
    restriction = "[ a owl:Restriction ; owl:onProperty net:p ; owl:{} net:B ]"
    inclusion = f"[ a owl:Class ; owl:intersectionOf ( net:A {restriction.format('someValuesFrom')} ) ] rdfs:subClassOf net:B ."
    said = f"net:A rdfs:subClassOf {restriction.format('someValuesFrom')} , {restriction.format('allValuesFrom')} . {inclusion}"
    lines, lost = frame(said, sources, tmp_path)
    assert lines == ["relationship: net:p net:B"]
    assert lost == {
        ("SubClassOf(net:A ObjectAllValuesFrom(net:p net:B))", "OBO's readers have no place for ObjectAllValuesFrom"),
        (
            "SubClassOf(ObjectIntersectionOf(net:A ObjectSomeValuesFrom(net:p net:B)) net:B)",
            "OBO's readers have no place for general class inclusions",
        ),
    }


def test_a_changed_label_changes_one_line(sources: Sources, tmp_path: Path) -> None:
    said = 'net:A rdfs:label "{}"@en . net:B rdfs:subClassOf net:A , [ a owl:Restriction ; owl:onProperty net:p ; owl:someValuesFrom net:A ] .'
    texts = []
    for label in ("one", "two"):
        path, _ = written(source_of(TERM.format(said.format(label)), sources), tmp_path)
        texts.append(path.read_text(encoding="utf-8").splitlines())
    assert [pair for pair in zip(*texts, strict=True) if pair[0] != pair[1]] == [("name: one", "name: two")]


def test_oak_reads_it(real: Source, tmp_path: Path, reader: Reader) -> None:
    path, _ = written(real, tmp_path)
    identifiers = re.findall(r"^id: ", path.read_text(encoding="utf-8"), re.MULTILINE)
    found = reader("oak_obo", path)
    for adapter in ("simpleobo", "pronto"):
        assert found[adapter] == {
            "entities": len(identifiers),
            "is_a": len(re.findall(r"^is_a: ", _terms(path), re.MULTILINE)),
            "label": "everolimus",
            "definition": "Oral mTOR inhibitor derived from sirolimus that acts after binding the protein FKBP12.",
            "warnings": [],
        }


def _links(path: Path) -> set[tuple[str, str]]:
    """Return what the classes of a file in functional syntax are below, by OWL's own names."""
    text = path.read_text(encoding="utf-8")
    prefixes = dict(re.findall(r"^Prefix\((\S*?):=<(.*)>\)$", text, re.MULTILINE))
    whole = re.sub(r"(?<![<\w])([A-Za-z.]*):([\w./-]+)", lambda name: f"<{prefixes[name[1]]}{name[2]}>" if name[1] in prefixes else name[0], text)
    simple = r"^SubClassOf\((<\S+>) (<\S+>|ObjectSomeValuesFrom\(<\S+> <\S+>\))\)$"
    return set(re.findall(simple, whole, re.MULTILINE)) | {("class", iri) for iri in re.findall(r"^Declaration\(Class\((<\S+>)\)\)$", whole, re.MULTILINE)}


def test_robot_reads_the_same_terms_and_links_as_from_owl(real: Source, tmp_path: Path, robot: Robot) -> None:
    path, _ = written(real, tmp_path)
    FORMATS["owl"].writer()(real, tmp_path / "a.owl", Losses())
    for name in ("a.obo", "a.owl"):
        robot("convert", "--input", tmp_path / name, "--format", "ofn", "--output", tmp_path / f"{name}.ofn")
    ours, theirs = _links(tmp_path / "a.obo.ofn"), _links(tmp_path / "a.owl.ofn")
    assert ours == {link for link in theirs if link[1] != f"<{OWL}Thing>"}
    assert len(ours) == len(re.findall(r"^is_a: |^relationship: |^\[Term", _terms(path), re.MULTILINE))


def _terms(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n[Typedef]")[0]


def test_robot_makes_the_same_frames_from_owl(real: Source, tmp_path: Path, robot: Robot) -> None:
    path, _ = written(real, tmp_path)
    FORMATS["owl"].writer()(real, tmp_path / "a.owl", Losses())
    robot("convert", "--input", tmp_path / "a.owl", "--output", tmp_path / "robot.obo")
    wanted, found = (
        {
            (entity, line)
            for entity, body in re.findall(r"^\[Term\]\nid: (\S+)\n((?:.+\n)*)", file.read_text(encoding="utf-8"), re.MULTILINE)
            for line in (re.sub(r" !.*", "", line).rstrip() for line in body.splitlines())
            if re.match("is_a|relationship|intersection_of|union_of|name", line) and "{gci_" not in line
        }
        for file in (tmp_path / "robot.obo", path)
    )
    assert wanted == found
