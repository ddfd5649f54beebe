"""The dataset in VoID (https://www.w3.org/TR/void/): what the graph says of itself, with the addresses of files and endpoint."""

from __future__ import annotations

import pyoxigraph as ox

from kg.describe.published import published
from kg.export.artefacts import RDF
from kg.export.dataset.about import About, Publication
from kg.export.document import document
from kg.export.source import Source


def text(source: Source, _about: About, publication: Publication) -> bytes:
    """Return the description in Turtle; VoID calls only files of RDF dumps, so it names no others."""
    dumps = [publication.address(file) for file in publication.files if file.media_type in RDF]
    return document(published(source.graph, publication.endpoint, dumps), ox.RdfFormat.TURTLE)
