"""A release as an RO-Crate 1.2 (https://w3id.org/ro/crate/1.2): its metadata file.

In a release the crate is the folder that the file lies in, which RO-Crate calls an attached package. Exported alone, the
file describes the files of the release by their addresses: a detached package, whose root is the address of the release.
The first version whose context knows checksums is 1.2.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from kg.describe.void import DATASET
from kg.export.artefacts import File
from kg.export.dataset.about import KEYWORDS, NAME, About, Publication
from kg.export.source import Source

SPECIFICATION = "https://w3id.org/ro/crate/1.2"
DESCRIPTOR = "ro-crate-metadata.json"
"""Name that the metadata file has in a crate."""
PUBLISHER = f"{DATASET.value}#publisher"
IDENTIFIER = f"{DATASET.value}#identifier"
LICENCE_WORDS = "Creative Commons Attribution 4.0 International: use it for anything, and say where it is from."
HERE = "./"
"""What a crate calls the folder that it is."""


def text(_source: Source, about: About, publication: Publication) -> bytes:
    """Return the metadata document; files without a common address lie beside it."""
    organisation = {"@id": PUBLISHER, "@type": "Organization", "name": about.publisher, "url": publication.page}
    files = [_file(file, publication) for file in publication.files]
    graph: list[dict[str, Any]] = [
        {"@id": DESCRIPTOR, "@type": "CreativeWork", "conformsTo": {"@id": SPECIFICATION}, "about": {"@id": publication.base or HERE}},
        _root(about, publication, files),
        organisation,
        {"@id": IDENTIFIER, "@type": "PropertyValue", "name": "address", "value": DATASET.value},
        {"@id": about.licence, "@type": "CreativeWork", "name": "CC BY 4.0", "description": LICENCE_WORDS, "url": about.licence},
        *files,
    ]
    return (json.dumps({"@context": f"{SPECIFICATION}/context", "@graph": graph}, ensure_ascii=False, indent=2) + "\n").encode()


def _root(about: About, publication: Publication, files: list[dict[str, Any]]) -> dict[str, Any]:
    organisation = {"@id": PUBLISHER}
    found: dict[str, Any] = {
        "@id": publication.base or HERE,
        "@type": "Dataset",
        "name": f"{NAME} {about.version}",
        "alternateName": about.title,
        "description": about.description,
        "identifier": {"@id": IDENTIFIER},
        "url": publication.page,
        "version": about.version,
        "datePublished": about.issued or about.version,
        "license": {"@id": about.licence},
        "keywords": list(KEYWORDS),
        "author": organisation,
        "publisher": organisation,
        "hasPart": [{"@id": file["@id"]} for file in files],
    }
    return found


def _file(file: File, publication: Publication) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@id": quote(publication.address(file), safe="/:"),
        "@type": "File",
        "name": file.name,
        "description": file.title,
        "encodingFormat": file.media_type,
    }
    return found | ({"contentSize": str(file.size), "sha256": file.sha256} if file.size is not None else {})
