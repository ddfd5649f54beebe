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
        dcterms:created "2025-01-01" ; dcterms:publisher "we" ; dcterms:source :doc ; dcterms:identifier "it" ; bibo:status :draft ;
        dcterms:bibliographicCitation "Cite it." ; vann:preferredNamespacePrefix "net" ; schema:includedInDataCatalog :catalogue ; foaf:logo :logo ;
        dcterms:issued "2026-01-01" ; owl:versionInfo "2026-01-01" ; owl:versionIRI <https://w3id.org/net-kg/ontology/2026-01-01> .
    :namespace rdfs:label "the namespace"@en . :draft rdfs:label "draft"@en . :Thing1 owl:disjointWith :Document .
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


DEPRECATED = 'owl:deprecated true ; rdfs:comment "given up"@en'


def old(name: str, axioms: str) -> str:
    """Return a term that is deprecated as it should be, with some axioms too many."""
    return f':{name} rdfs:label "obsolete {name.lower()}"@en ; {DEPRECATED} ; {axioms} .'


def relabelled(name: str, label: str, axioms: str = "rdfs:subClassOf BFO:0000040") -> str:
    """Return a class with a label of its own."""
    return cls(name, axioms).replace(f'"{name.lower()}"@en', f'"{label}"@en')


def header(field: str) -> Broken:
    """Return the sound graph without one field of the header."""
    return Broken("", "net:ontology", less=field)


CASES: dict[str, Broken] = {
    "annotation_whitespace": Broken(':curationNote a owl:AnnotationProperty . :said :curationNote "ends with a blank " .', "net:said"),
    "claim-axiom-does-not-hold": Broken(':claim :counterpartAxiom "net:Thing1 rdfs:subClassOf net:Thing2" .', "net:claim"),
    "claim-without-counterpart": Broken("", "net:claim", less=':counterpartAxiom "net:Thing2 rdfs:subClassOf net:Thing1" ;'),
    "definition-form": Broken(described("Short", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="Fifteen in all."), "net:Short"),
    "definition-is-label": Broken(
        described("Named", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="Something that is named.").replace('"named"', '"something that is named"'),
        "net:Named",
    ),
    "definition-without-source": Broken(
        ':New a owl:Class ; rdfs:subClassOf BFO:0000040 ; rdfs:label "new"@en ; IAO:0000115 "A definition without source."@en ; '
        'skos:definition "A definition without source."@en .',
        "net:New",
    ),
    "deprecated-without-reason": Broken(':Old a owl:Class ; rdfs:label "obsolete old"@en ; owl:deprecated true .', "net:Old"),
    "deprecated_boolean_datatype": Broken(
        described("Gone", "a owl:AnnotationProperty ; owl:deprecated 'true' ; rdfs:comment 'given up'")
        .replace('"gone"', '"obsolete gone"')
        .replace(":Gone", ":gone"),
        "net:gone",
    ),
    "deprecated_class_reference": Broken(old("Old", "a owl:Class ; rdfs:subClassOf BFO:0000040"), "net:Old"),
    "deprecated_property_reference": Broken(old("gone", "a owl:AnnotationProperty") + ':said :gone "you" .', "net:gone"),
    "document-without-address": Broken(
        ':lost a owl:NamedIndividual, :Document ; rdfs:label "lost"@en ; :rowNumber 9 ; :curation :CurationPrimary .', "net:lost"
    ),
    "duplicate_definition": Broken(
        described("Twin1", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="One text for two things.")
        + described("Twin2", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="One text for two things."),
        "net:Twin1",
    ),
    "duplicate_exact_synonym": Broken(':Thing1 oboInOwl:hasExactSynonym "Same"@en . :Thing2 oboInOwl:hasExactSynonym "same"@en .', "net:Thing1"),
    "duplicate_label": Broken(':a rdfs:label "twin"@en . :b rdfs:label "twin"@de .', "net:a"),
    "duplicate_label_synonym": Broken(':Thing1 oboInOwl:hasExactSynonym "thing2"@en .', "net:Thing2"),
    "duplicate_scoped_synonym": Broken(':Thing1 oboInOwl:hasExactSynonym "it"@en ; oboInOwl:hasBroadSynonym "it"@en .', "net:Thing1"),
    "equivalent-properties": Broken(":about owl:equivalentProperty :source .", "net:about"),
    "equivalent_class_axiom_no_genus": Broken(
        cls("Defined", "rdfs:subClassOf BFO:0000040 ; owl:equivalentClass [a owl:Restriction ; owl:onProperty :about ; owl:someValuesFrom :Thing1]"),
        "net:Defined",
    ),
    "equivalent_pair": Broken(":Thing2 owl:equivalentClass :Document .", "net:Thing2"),
    "header-incomplete": header('dcterms:creator "us" ;'),
    "illegal_use_of_built_in_vocabulary": Broken('owl:Thing rdfs:label "thing of all"@en .', "owl:Thing"),
    "imports": Broken("<https://w3id.org/net-kg/ontology> owl:imports <https://example.org/other> .", "net:ontology"),
    "interval-without-estimate": Broken("", "net:item", less=":effect 0.5 ;"),
    "invalid_entity_uri": Broken(
        '<https://purl.obolibrary.org/obo/X_1> a owl:NamedIndividual ; rdfs:label "secure"@en .', "https://purl.obolibrary.org/obo/X_1"
    ),
    "invalid_xref": Broken(':Thing1 oboInOwl:hasDbXref "no identifier" .', "net:Thing1"),
    "inverse-of-symmetric": Broken(":about a owl:SymmetricProperty ; owl:inverseOf :source .", "net:about"),
    "iri-form": Broken('<https://w3id.org/net-kg/a~b> rdfs:label "odd"@en .', "net:a~b"),
    "is-property": Broken(prop("isA", "ObjectProperty"), "net:isA"),
    "label-form": Broken(relabelled("Snake", "snake_case"), "net:Snake"),
    "label_formatting": Broken(':a rdfs:label "two\\nlines"@en .', "net:a"),
    "label_whitespace": Broken(':a rdfs:label "double  blank"@en .', "net:a"),
    "licence-differs": Broken(
        ':set a owl:NamedIndividual ; rdfs:label "set"@en ; dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> .', "net:set"
    ),
    "lowercase_definition": Broken(described("Low", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="begins with a small letter."), "net:Low"),
    "merged-classes": Broken(relabelled("Both", "this and that"), "net:Both"),
    "miscellaneous-class": Broken(relabelled("Rest", "other thing"), "net:Rest"),
    "missing_definition": Broken(':New a owl:Class ; rdfs:subClassOf BFO:0000040 ; rdfs:label "new"@en .', "net:New"),
    "missing_label": Broken(":nameless a owl:NamedIndividual .", "net:nameless"),
    "missing_obsolete_label": Broken(f':Old a owl:Class ; rdfs:label "old"@en ; {DEPRECATED} .', "net:Old"),
    "missing_ontology_description": header('dcterms:description "D"@en ;'),
    "missing_ontology_license": header("dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;"),
    "missing_ontology_title": header('dcterms:title "T"@en ;'),
    "missing_subset_declaration": Broken(':Thing1 oboInOwl:inSubset :slim . :slim rdfs:label "slim"@en .', "net:slim"),
    "missing_superclass": Broken(
        'BFO:0000040 a owl:Class ; rdfs:label "material"@en ; IAO:0000115 "What is made of matter."@en ; skos:definition "What is made of matter."@en .',
        "BFO:0000040",
    ),
    "missing_synonymtype_declaration": Broken(
        """:Thing1 oboInOwl:hasExactSynonym "TH"@en . [] a owl:Axiom ; owl:annotatedSource :Thing1 ; owl:annotatedTarget "TH"@en ;
        owl:annotatedProperty oboInOwl:hasExactSynonym ; oboInOwl:hasSynonymType OMO:0003012 .""",
        "OMO:0003012",
    ),
    "misused_obsolete_label": Broken(':a rdfs:label "Obsolete thing"@en .', "net:a"),
    "misused_replaced_by": Broken(":Thing1 IAO:0100001 :Thing2 .", "net:Thing1"),
    "multiple_definitions": Broken(
        cls("Two") + ':Two IAO:0000115 "Another meaning of the same."@en ; skos:definition "Another meaning of the same."@en .'
        "[] a owl:Axiom ; owl:annotatedSource :Two ; owl:annotatedProperty IAO:0000115 ; "
        'owl:annotatedTarget "Another meaning of the same."@en ; oboInOwl:hasDbXref <https://example.org/> .',
        "net:Two",
    ),
    "multiple_equivalent_class_definitions": Broken(
        ":Thing2 owl:equivalentClass [ owl:intersectionOf (:Thing1 :Document) ] , [ owl:intersectionOf (:Thing1 :Statement) ] .", "net:Thing2"
    ),
    "multiple_equivalent_classes": Broken(
        ":Thing2 owl:equivalentClass [ owl:intersectionOf (:Thing1 :Document) ] , [ owl:complementOf :Statement ] .", "net:Thing2"
    ),
    "multiple_labels": Broken(':Thing1 rdfs:label "another name"@en .', "net:Thing1"),
    "naming-convention": Broken(cls("small"), "net:small"),
    "no-disjointness": header(":Thing1 owl:disjointWith :Document ."),
    "no-path-to-root": Broken(cls("Orphan", "rdfs:comment 'stands alone'@en"), "net:Orphan"),
    "ontology-iri": Broken("", "https://w3id.org/other.owl"),  # with another header: see test_rules
    "ontology-undeclared": Broken("", "net:ontology", less="a owl:Ontology ;"),  # it has no label then either: see test_rules
    "property-without-domain-or-range": Broken(prop("loose", "ObjectProperty", "rdfs:comment 'for anything'@en"), "net:loose"),
    "punning": Broken(":Thing1 a owl:NamedIndividual .", "net:Thing1"),
    "recursive-definition": Broken(":Thing2 owl:equivalentClass [ owl:intersectionOf (:Thing1 [ owl:complementOf :Thing2 ]) ] .", "net:Thing2"),
    "self-inverse": Broken(":about owl:inverseOf :about .", "net:about"),
    "several-domains-or-ranges": Broken(":about rdfs:domain :Document .", "net:about"),
    "short-property-chain": Broken(":about owl:propertyChainAxiom (:source) .", "net:about"),
    "skos-definition-differs": Broken("", "net:Thing1", less='skos:definition "Meaning of the entity that is called Thing1 here."@en ;'),
    "statement-without-curation": Broken(
        ':loose a owl:NamedIndividual, :Statement ; rdfs:label "loose"@en ; :source :doc ; :rowNumber 9 ; :curation :CurationUnverified .', "net:loose"
    ),
    "statement-without-source": Broken(
        ':hearsay a owl:NamedIndividual, :Statement ; rdfs:label "hearsay"@en ; :rowNumber 9 ; :curation :CurationPrimary .', "net:hearsay"
    ),
    "subclass-cycle": Broken(":Thing1 rdfs:subClassOf :Thing2 .", "net:Thing1"),
    "undeclared-class": Broken(':a a :Ghost, owl:NamedIndividual ; rdfs:label "a"@en . :Ghost rdfs:label "ghost"@en .', "net:Ghost"),
    "undeclared-property": Broken(':said :haunts "you" .', "net:haunts"),
    "undescribed-object": Broken(":said :about :nothing .", "net:nothing"),
    "version-form": Broken("", "net:ontology", less='dcterms:issued "2026-01-01" ;'),  # with another date: see MORE
    "wrong-inverse": Broken(":about owl:inverseOf :source . :source rdfs:range :Document .", "net:about"),
    "wrong-symmetric-or-transitive": Broken(":about a owl:TransitiveProperty ; rdfs:range :Document .", "net:about"),
}

MORE: list[tuple[str, Broken]] = [
    ("annotation_whitespace", Broken(':curationNote a owl:AnnotationProperty . :said :curationNote "\\ttab first" .', "net:said")),
    ("definition-form", Broken(described("Open", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="A definition without full stop"), "net:Open")),
    ("definition-is-label", Broken(cls("Wordy").replace('"wordy"@en', '"a label of so many words that it leaves the definition far behind"@en'), "net:Wordy")),
    ("deprecated_class_reference", Broken(old("Old", "a owl:Class") + ":said :about :Old .", "net:Old")),
    (
        "deprecated_class_reference",
        Broken(old("Old", "a owl:Class") + ":Thing2 rdfs:subClassOf [ owl:onProperty :about ; owl:someValuesFrom :Old ] .", "net:Old"),
    ),
    ("deprecated_property_reference", Broken(old("gone", "a owl:ObjectProperty") + ":about rdfs:subPropertyOf :gone .", "net:gone")),
    ("header-incomplete", header('dcterms:bibliographicCitation "Cite it." ;')),
    ("header-incomplete", header("foaf:logo :logo ;")),
    ("interval-without-estimate", Broken("", "net:item", less=':effectMeasure "hazard ratio" ;')),
    ("label-form", Broken(relabelled("Camel", "the CamelCase"), "net:Camel")),
    ("label_whitespace", Broken(':a rdfs:label " leading"@en .', "net:a")),
    ("label_whitespace", Broken(':a rdfs:label "trailing "@en .', "net:a")),
    ("label_formatting", Broken(':a rdfs:label "a\\ttab"@en .', "net:a")),
    ("missing_label", Broken(':nameless a owl:NamedIndividual ; rdfs:label "" .', "net:nameless")),
    ("missing_definition", Broken(':new a owl:DatatypeProperty ; rdfs:domain :Thing1 ; rdfs:label "new"@en .', "net:new")),
    ("missing_definition", Broken('RO:0002452 a owl:ObjectProperty ; rdfs:label "has symptom"@en .', "RO:0002452")),
    (
        "misused_replaced_by",
        Broken(':a owl:deprecated true ; rdfs:comment "c" ; rdfs:label "obsolete a"@en ; IAO:0100001 <https://example.org/gone> .', "net:a"),
    ),
    ("naming-convention", Broken(prop("Large", "ObjectProperty"), "net:Large")),
    ("recursive-definition", Broken(":Thing2 owl:equivalentClass [ owl:unionOf (:Thing1 :Thing2) ] .", "net:Thing2")),
    ("recursive-definition", Broken(":about rdfs:range [ owl:unionOf (:Thing1 [ owl:onProperty :about ; owl:someValuesFrom :Thing2 ]) ] .", "net:about")),
    ("several-domains-or-ranges", Broken(":about rdfs:range :Document, :Thing1 .", "net:about")),
    ("statement-without-curation", Broken(':loose a owl:NamedIndividual, :Statement ; rdfs:label "loose"@en ; :source :doc ; :rowNumber 9 .', "net:loose")),
    ("iri-form", Broken(':Thing1 rdfs:seeAlso <https://w3id.org/net-kg/-hyphen> . <https://w3id.org/net-kg/-hyphen> rdfs:label "h"@en .', "net:-hyphen")),
    ("wrong-symmetric-or-transitive", Broken(":about a owl:SymmetricProperty ; rdfs:range :Document .", "net:about")),
]
"""Second ways to break a rule."""

KEPT: dict[str, str] = {
    "annotation_whitespace": ':curationNote a owl:AnnotationProperty . :said :curationNote "blanks within only" .',
    "definition-form": described("Sixteen", "a owl:Class ; rdfs:subClassOf BFO:0000040", definition="Seventeen in it.."),
    "deprecated terms": old("Old", "a owl:Class ; IAO:0100001 :Thing1") + old("gone", "a owl:ObjectProperty"),
    "duplicate_exact_synonym": """OMO:0003012 rdfs:subPropertyOf oboInOwl:SynonymTypeProperty ; rdfs:label "acronym"@en .
        :Thing1 oboInOwl:hasExactSynonym "TH"@en . :Thing2 oboInOwl:hasExactSynonym "TH"@en . [] a owl:Axiom ; owl:annotatedSource :Thing2 ;
        owl:annotatedProperty oboInOwl:hasExactSynonym ; owl:annotatedTarget "TH"@en ; oboInOwl:hasSynonymType OMO:0003012 .""",
    "duplicate_label": ':a rdfs:label "twin"@en . :b rdfs:label "Twin"@en .',
    "duplicate_label_synonym": ':Thing1 oboInOwl:hasBroadSynonym "thing2"@en .',
    "duplicate_scoped_synonym": ':Thing1 oboInOwl:hasExactSynonym "it"@en ; oboInOwl:hasBroadSynonym "its kind"@en .',
    "equivalent_class_axiom_no_genus": """:Thing2 owl:equivalentClass
        [ owl:intersectionOf (:Thing1 [ a owl:Restriction ; owl:onProperty :about ; owl:someValuesFrom :Thing1 ]) ] .""",
    "invalid_xref": ":Thing1 oboInOwl:hasDbXref 'MONDO:0019496', 'https://example.org/a' .",
    "inverses": prop("saidIn", "ObjectProperty", "rdfs:range :Thing1") + ":about owl:inverseOf :saidIn .",
    "label-form": relabelled("Kinase", "mTOR kinase by NT-proBNP, PTHrP, 99mTc-HYNIC") + prop("pub", "AnnotationProperty").replace('"pub"', '"PubMed record"'),
    "missing_definition": ':it a owl:NamedIndividual ; rdfs:label "it"@en . :mapping a owl:Axiom ; owl:annotatedSource :Thing1 .',
    "missing_subset_declaration": ":Thing1 oboInOwl:inSubset :slim . :slim rdfs:label 'slim'@en ; rdfs:subPropertyOf oboInOwl:SubsetProperty .",
    "multiple_equivalent_classes": ":Thing2 owl:equivalentClass [ owl:intersectionOf (:Thing1 :Document) ] , [ owl:unionOf (:Thing1 :Document) ] .",
    "miscellaneous-class": relabelled("Mother", "mother of another"),
    "merged-classes": relabelled("Land", "orchard sand"),
    "several-domains-or-ranges": ":about rdfs:range :Document .",
    "short-property-chain": ":about owl:propertyChainAxiom (:source :source) .",
    "symmetric and transitive": ":about a owl:SymmetricProperty, owl:TransitiveProperty ; rdfs:range :Thing1 .",
}
"""What is just right: no rule is broken."""
