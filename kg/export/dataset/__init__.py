"""Descriptions of the dataset: VoID, DCAT, schema.org, RO-Crate, and what the ontology portals ask.

Each is made of the headers in the graph and of a list of files. ``netkg export`` knows the names that the files of a
release have; a release knows their sizes and checksums too, and a server its own addresses.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.export.artefacts import artefacts
from kg.export.dataset import dcat, portals, rocrate, schemaorg, void
from kg.export.dataset.about import RELEASES, About, Publication, about
from kg.export.loss import Losses
from kg.export.source import Source
from kg.files import write_whole

Description = Callable[[Source, About, Publication], bytes]

DESCRIPTIONS: dict[str, Description] = {
    "void": void.text,
    "dcat": dcat.text,
    "schemaorg": schemaorg.text,
    "ols": portals.ols,
    "bioportal": portals.bioportal,
    "rocrate": rocrate.text,
}
"""Name of the format → its text; the last describes the files of the others too."""


def write_void(source: Source, path: Path, _losses: Losses) -> None:
    """Write statistics, header and addresses of the dataset, Turtle."""
    _alone("void", source, path)


def write_dcat(source: Source, path: Path, _losses: Losses) -> None:
    """Write the dataset, the files of its release and its endpoint as a catalogue has them, Turtle."""
    _alone("dcat", source, path)


def write_schemaorg(source: Source, path: Path, _losses: Losses) -> None:
    """Write the description for search engines, JSON-LD."""
    _alone("schemaorg", source, path)


def write_rocrate(source: Source, path: Path, _losses: Losses) -> None:
    """Write the metadata of a crate whose files lie at their addresses, JSON-LD."""
    _alone("rocrate", source, path)


def write_ols(source: Source, path: Path, _losses: Losses) -> None:
    """Write an entry of OLS's configuration, JSON."""
    _alone("ols", source, path)


def write_bioportal(source: Source, path: Path, _losses: Losses) -> None:
    """Write the attributes of a submission to BioPortal, a table."""
    _alone("bioportal", source, path)


def _alone(name: str, source: Source, path: Path) -> None:
    files = tuple(artefact.file for artefact in artefacts() if artefact.entry.name not in DESCRIPTIONS)
    publication = Publication(f"{RELEASES}{source.version}/", files)
    write_whole(path, [DESCRIPTIONS[name](source, about(source.graph), publication)])
