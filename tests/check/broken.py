"""One small graph for each rule: sound but for one thing."""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = """[] a owl:Axiom ; owl:annotatedSource :{name} ; owl:annotatedProperty IAO:0000115 ; owl:annotatedTarget "{definition}"@en ;
        oboInOwl:hasDbXref <https://example.org/> ."""


def described(name: str, axioms: str, *, definition: str = "", kind: str = "") -> str:
    """Return an entity with label, definition and source, as the rules want it."""
    text = definition or f"Meaning of the entity that is called {name} here."
    return f"""
    :{name} rdfs:label "{name.lower()}{kind}"@en ; IAO:0000115 "{text}"@en ; skos:definition "{text}"@en ; {axioms} .
    {SOURCE.format(name=name, definition=text)}"""


def cls(name: str, axioms: str = "rdfs:subClassOf BFO:0000040") -> str:
    return described(name, f"a owl:Class ; {axioms}")


def prop(name: str, kind: str, axioms: str = "rdfs:domain :Thing1") -> str:
    return described(name, f"a owl:{kind} ; {axioms}")


SOUND = (
    """<https://w3id.org/net-kg/ontology> a owl:Ontology ; dcterms:title "T"@en ; dcterms:description "D"@en ;
        dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; dcterms:creator "us" ; vann:preferredNamespaceUri :namespace ;
        owl:versionInfo "2026-01-01" ; owl:versionIRI <https://w3id.org/net-kg/ontology/2026-01-01> .
    :namespace rdfs:label "the namespace"@en .
    """
    + cls("Thing1")
    + cls("Thing2", "rdfs:subClassOf :Thing1")
    + cls("Document")
    + cls("Statement")
    + cls("EvidenceItem", "rdfs:subClassOf :Statement")
    + prop("about", "ObjectProperty")
    + prop("source", "ObjectProperty")
    + prop("curation", "ObjectProperty")
    + prop("rowNumber", "AnnotationProperty")
    + prop("pubmed", "AnnotationProperty")
    + prop("effect", "DatatypeProperty")
    + prop("effectLow", "DatatypeProperty")
    + prop("effectMeasure", "DatatypeProperty")
    + cls("Claim", "rdfs:subClassOf :Statement")
    + prop("claimVerdict", "ObjectProperty")
    + prop("counterpart", "ObjectProperty")
    + prop("counterpartAxiom", "AnnotationProperty")
    + prop("curationNote", "AnnotationProperty")
    + prop("code", "AnnotationProperty")
    + described("ClaimSupported", "a owl:NamedIndividual ; :code 'supported'")
    + described("CurationPrimary", "a owl:NamedIndividual")
    + described("CurationUnverified", "a owl:NamedIndividual")
    + """
    :doc a owl:NamedIndividual, :Document ; rdfs:label "doc"@en ; :pubmed "1" ; :rowNumber 2 ; :curation :CurationPrimary .
    :said a owl:NamedIndividual, :Statement ; rdfs:label "said"@en ; :source :doc ; :rowNumber 3 ; :curation :CurationPrimary .
    :item a owl:NamedIndividual, :EvidenceItem ; rdfs:label "item"@en ; :source :doc ; :rowNumber 4 ; :curation :CurationPrimary ;
        :effect 0.5 ; :effectMeasure "hazard ratio" ; :effectLow 0.4 .
    :claim a owl:NamedIndividual, :Claim ; rdfs:label "page says"@en ; :source :doc ; :rowNumber 5 ; :claimVerdict :ClaimSupported ;
        :counterpartAxiom "net:Thing2 rdfs:subClassOf net:Thing1" ; :curation :CurationPrimary .
    """
)


@dataclass(frozen=True)
class Broken:
    """A graph that breaks a rule.

    :param more: what is added to the sound graph
    :param entity: the culprit that the finding names
    :param less: text that is taken out of the sound graph first
    """

    more: str
    entity: str
    less: str = ""


CASES: dict[str, Broken] = {
    "built-in-vocabulary": Broken('rdfs:label rdfs:comment "redefined" .', "rdfs:label"),
    "claim-axiom-does-not-hold": Broken(':claim :counterpartAxiom "net:Thing1 rdfs:subClassOf net:Thing2" .', "net:claim"),
    "claim-without-counterpart": Broken("", "net:claim", less=':counterpartAxiom "net:Thing2 rdfs:subClassOf net:Thing1" ;'),
    "definition-form": Broken(described("Low", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="begins with a small letter."), "net:Low"),
    "definition-without-source": Broken(
        ':New a owl:Class ; rdfs:subClassOf BFO:0000040 ; rdfs:label "new"@en ; IAO:0000115 "A definition without source."@en ; '
        'skos:definition "A definition without source."@en .',
        "net:New",
    ),
    "deprecated-form": Broken(described("Old", "a owl:AnnotationProperty ; owl:deprecated true", kind=" (gone)"), "net:Old"),
    "deprecated-in-use": Broken(
        ':Old a owl:Class ; owl:deprecated true ; rdfs:label "obsolete old"@en ; rdfs:comment "given up"@en ; rdfs:subClassOf BFO:0000040 .', "net:Old"
    ),
    "document-without-address": Broken(
        ':lost a owl:NamedIndividual, :Document ; rdfs:label "lost"@en ; :rowNumber 9 ; :curation :CurationPrimary .', "net:lost"
    ),
    "duplicate-definition": Broken(
        described("Twin1", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="One text for two things.")
        + described("Twin2", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="One text for two things."),
        "net:Twin1",
    ),
    "duplicate-exact-synonym": Broken(':Thing1 oboInOwl:hasExactSynonym "Same"@en . :Thing2 oboInOwl:hasExactSynonym "same"@en .', "net:Thing1"),
    "duplicate-label": Broken(':a rdfs:label "twin"@en . :b rdfs:label "twin"@de .', "net:a"),
    "equivalence-without-genus": Broken(
        cls("Defined", "rdfs:subClassOf BFO:0000040 ; owl:equivalentClass [a owl:Restriction ; owl:onProperty :about ; owl:someValuesFrom :Thing1]"),
        "net:Defined",
    ),
    "header-incomplete": Broken("", "net:ontology", less="dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;"),
    "imports": Broken("<https://w3id.org/net-kg/ontology> owl:imports <https://example.org/other> .", "net:ontology"),
    "interval-without-estimate": Broken("", "net:item", less=":effect 0.5 ;"),
    "invalid-xref": Broken(':Thing1 oboInOwl:hasDbXref "no identifier" .', "net:Thing1"),
    "iri-form": Broken('<https://w3id.org/net-kg/a~b> rdfs:label "odd"@en .', "net:a~b"),
    "label-is-synonym": Broken(':Thing1 oboInOwl:hasExactSynonym "thing2"@en .', "net:Thing2"),
    "label-whitespace": Broken(':a rdfs:label "double  blank"@en .', "net:a"),
    "missing-definition": Broken(':New a owl:Class ; rdfs:subClassOf BFO:0000040 ; rdfs:label "new"@en .', "net:New"),
    "missing-label": Broken(":nameless a owl:NamedIndividual .", "net:nameless"),
    "misused-obsolete-label": Broken(':a rdfs:label "Obsolete thing"@en .', "net:a"),
    "misused-replaced-by": Broken(":Thing1 IAO:0100001 :Thing2 .", "net:Thing1"),
    "multiple-definitions": Broken(
        cls("Two") + ':Two IAO:0000115 "Another meaning of the same."@en ; skos:definition "Another meaning of the same."@en .'
        "[] a owl:Axiom ; owl:annotatedSource :Two ; owl:annotatedProperty IAO:0000115 ; "
        'owl:annotatedTarget "Another meaning of the same."@en ; oboInOwl:hasDbXref <https://example.org/> .',
        "net:Two",
    ),
    "multiple-labels": Broken(':Thing1 rdfs:label "another name"@en .', "net:Thing1"),
    "no-path-to-root": Broken(cls("Orphan", "rdfs:comment 'stands alone'@en"), "net:Orphan"),
    "property-without-domain-or-range": Broken(prop("loose", "ObjectProperty", "rdfs:comment 'for anything'@en"), "net:loose"),
    "punning": Broken(":Thing1 a owl:NamedIndividual .", "net:Thing1"),
    "skos-definition-differs": Broken("", "net:Thing1", less='skos:definition "Meaning of the entity that is called Thing1 here."@en ;'),
    "statement-without-curation": Broken(
        ':loose a owl:NamedIndividual, :Statement ; rdfs:label "loose"@en ; :source :doc ; :rowNumber 9 ; :curation :CurationUnverified .', "net:loose"
    ),
    "statement-without-source": Broken(
        ':hearsay a owl:NamedIndividual, :Statement ; rdfs:label "hearsay"@en ; :rowNumber 9 ; :curation :CurationPrimary .', "net:hearsay"
    ),
    "subclass-cycle": Broken(":Thing1 rdfs:subClassOf :Thing2 .", "net:Thing1"),
    "undeclared-class": Broken(':a a :Ghost ; rdfs:label "a"@en . :Ghost rdfs:label "ghost"@en .', "net:Ghost"),
    "undeclared-property": Broken(':said :haunts "you" .', "net:haunts"),
    "undescribed-object": Broken(":said :about :nothing .", "net:nothing"),
}

MORE: list[tuple[str, Broken]] = [
    ("definition-form", Broken(described("Short", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="Too short."), "net:Short")),
    ("definition-form", Broken(described("Open", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="A definition without full stop"), "net:Open")),
    (
        "deprecated-form",
        Broken(described("Old", "a owl:AnnotationProperty ; owl:deprecated 'true'", kind=" thing"), "net:Old"),
    ),
    (
        "deprecated-in-use",
        Broken(
            ':old a owl:Class ; owl:deprecated true ; rdfs:label "obsolete old"@en ; rdfs:comment "given up"@en . :said :about :old .',
            "net:old",
        ),
    ),
    ("header-incomplete", Broken("", "net:ontology", less='owl:versionInfo "2026-01-01" ;')),
    ("interval-without-estimate", Broken("", "net:item", less=':effectMeasure "hazard ratio" ;')),
    ("label-whitespace", Broken(':a rdfs:label " leading"@en .', "net:a")),
    ("label-whitespace", Broken(':a rdfs:label "trailing\\t"@en .', "net:a")),
    ("missing-label", Broken(':nameless a owl:NamedIndividual ; rdfs:label "" .', "net:nameless")),
    ("missing-definition", Broken(':New a owl:DatatypeProperty ; rdfs:domain :Thing1 ; rdfs:label "new"@en .', "net:New")),
    (
        "misused-replaced-by",
        Broken(':a owl:deprecated true ; rdfs:comment "c" ; rdfs:label "obsolete a"@en ; IAO:0100001 <https://example.org/gone> .', "net:a"),
    ),
    ("statement-without-curation", Broken(':loose a owl:NamedIndividual, :Statement ; rdfs:label "loose"@en ; :source :doc ; :rowNumber 9 .', "net:loose")),
    ("iri-form", Broken(':Thing1 rdfs:seeAlso <https://w3id.org/net-kg/-hyphen> . <https://w3id.org/net-kg/-hyphen> rdfs:label "h"@en .', "net:-hyphen")),
]
"""Second ways to break a rule."""
