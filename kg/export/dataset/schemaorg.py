"""The dataset in schema.org's words, for search engines: the profile Dataset of Bioschemas, all its properties."""

from __future__ import annotations

import json
from typing import Any

from kg.describe.void import DATASET
from kg.export.artefacts import File
from kg.export.dataset.about import KEYWORDS, NAME, TECHNIQUES, About, Publication
from kg.export.source import Source
from kg.prefixes import NET

PROFILE = "https://bioschemas.org/profiles/Dataset/1.0-RELEASE"


def text(_source: Source, about: About, publication: Publication) -> bytes:
    """Return the description as a JSON-LD document."""
    return (json.dumps(described(about, publication), ensure_ascii=False, indent=2) + "\n").encode()


def described(about: About, publication: Publication) -> dict[str, Any]:
    """Return the description; what the graph does not say is left out."""
    people = [{"@type": "Organization", "name": name} for name in about.creators]
    found: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": DATASET.value,
        "http://purl.org/dc/terms/conformsTo": {"@id": PROFILE, "@type": "CreativeWork"},
        "name": NAME,
        "alternateName": about.title,
        "description": about.description,
        "identifier": DATASET.value,
        "url": publication.page,
        "sameAs": DATASET.value,
        "version": about.version,
        "license": about.licence,
        "keywords": list(KEYWORDS),
        "creator": people,
        "publisher": {"@type": "Organization", "name": about.publisher},
        "dateCreated": about.created,
        "datePublished": about.issued,
        "dateModified": about.modified,
        "citation": about.citation,
        "isBasedOn": list(about.sources),
        "includedInDataCatalog": [{"@type": "DataCatalog", "@id": iri, "name": NAME, "url": iri} for iri in about.catalogues or (NET,)],
        "measurementTechnique": list(TECHNIQUES),
        "variableMeasured": list(about.variables),
        "isAccessibleForFree": True,
        "distribution": [_download(file, publication) for file in publication.files],
    }
    return {name: value for name, value in found.items() if value}


def _download(file: File, publication: Publication) -> dict[str, Any]:
    found = {"@type": "DataDownload", "name": file.name, "description": file.title, "encodingFormat": file.media_type}
    found["contentUrl"] = publication.address(file)
    return found | ({"contentSize": f"{file.size} B", "sha256": file.sha256} if file.size is not None else {})
