"""What the ontology portals OLS and BioPortal ask of a submission.

OLS: an entry of its configuration, with the keys that the files in ``dataload/configs`` of EBISPOT/ols4 have. Its short
forms need identifiers that end in digits; ours end in names, which it shows as they are. BioPortal: the attributes of a
submission, as ``ontology_submission.rb`` of ncbo/ontologies_linked_data declares them.
"""

from __future__ import annotations

import csv
import io
import json

from kg.export.artefacts import RDF, File
from kg.export.dataset.about import KEYWORDS, About, Publication
from kg.export.source import Edition, Source
from kg.prefixes import ONTOLOGY_IRI, expand
from kg.terms import DEFINITION, LABEL, SYNONYM_SCOPES

IDENTIFIER = "netkg"
"""OLS: lower case, at least five characters, its own."""
ACRONYM = "NET-KG"
OWL = "owl"
PART_OF = expand("BFO:0000050")
DEPRECATED = expand("owl:deprecated")


def ols(_source: Source, about: About, publication: Publication) -> bytes:
    """Return a configuration with this one ontology."""
    entry = {
        "id": IDENTIFIER,
        "preferredPrefix": ACRONYM,
        "title": about.title,
        "uri": ONTOLOGY_IRI,
        "description": about.description,
        "homepage": publication.page,
        "label_property": LABEL,
        "definition_property": [DEFINITION],
        "synonym_property": list(SYNONYM_SCOPES),
        "hierarchical_property": [PART_OF],
        "base_uri": [about.namespace],
        "reasoner": "OWL2",
        "oboSlims": False,
        "ontology_purl": _ontology(publication),
    }
    return (json.dumps({"ontologies": [entry]}, ensure_ascii=False, indent=2) + "\n").encode()


def bioportal(_source: Source, about: About, publication: Publication) -> bytes:
    """Return a table of attribute, value and what there is to know of it."""
    dump = next((publication.address(file) for file in publication.files if file.media_type in RDF and file.form == "nt"), "")
    rows = [
        ("name", about.title, ""),
        ("acronym", ACRONYM, ""),
        ("hasOntologyLanguage", "OWL", "RDF/XML, without imports"),
        ("URI", ONTOLOGY_IRI, ""),
        ("versionIRI", about.version_iri, ""),
        ("version", about.version, ""),
        ("status", "beta", "the header of the ontology says draft"),
        ("released", about.issued, ""),
        ("creationDate", about.created, ""),
        ("modificationDate", about.modified, ""),
        ("description", about.description, ""),
        ("keywords", "; ".join(KEYWORDS), "a list"),
        ("naturalLanguage", "en", ""),
        ("hasLicense", about.licence, ""),
        ("hasCreator", "; ".join(about.creators), "a list"),
        ("publisher", about.publisher, ""),
        ("contact", "", "name and e-mail address of whoever submits; BioPortal wants one"),
        ("homepage", publication.page, ""),
        ("documentation", publication.page, ""),
        ("pullLocation", _ontology(publication), "the released file with inferred superclasses and mappings"),
        ("dataDump", dump, ""),
        ("endpoint", publication.endpoint, "a list"),
        ("prefLabelProperty", LABEL, ""),
        ("synonymProperty", next(iter(SYNONYM_SCOPES)), "further ones: " + ", ".join(list(SYNONYM_SCOPES)[1:])),
        ("definitionProperty", DEFINITION, ""),
        ("authorProperty", expand("dcterms:creator"), ""),
        ("hierarchyProperty", expand("rdfs:subClassOf"), ""),
        ("obsoleteProperty", DEPRECATED, ""),
        ("obsoleteParent", "", "none: obsolete classes have no parent"),
        ("preferredNamespacePrefix", about.prefix, ""),
        ("preferredNamespaceUri", about.namespace, ""),
        ("includedInDataCatalog", "; ".join(about.catalogues), "a list"),
    ]
    text = io.StringIO()
    table = csv.writer(text, delimiter="\t", lineterminator="\n")
    table.writerows([("attribute", "value", "note"), *rows])
    return text.getvalue().encode()


def _ontology(publication: Publication) -> str:
    """Return the address of the ontology as OLS and BioPortal want it; that of the ontology itself when no file is offered."""
    return next((publication.address(file) for file in publication.files if _is_ontology(file)), ONTOLOGY_IRI)


def _is_ontology(file: File) -> bool:
    return file.form == OWL and file.edition == Edition.INFERRED
