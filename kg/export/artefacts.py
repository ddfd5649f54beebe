"""What is offered for download: one file for each format and edition, under a name that says both.

A format of several files is one archive, whose bytes depend on nothing but theirs.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.export import FORMATS, Format
from kg.export.loss import Losses
from kg.export.source import Edition, Source
from kg.files import whole_file
from kg.graph import Graph
from kg.settings import Sources

STEM = "net-kg"
ARCHIVE = "application/zip"
MEDIA_TYPES = {
    "bib": "application/x-bibtex",
    "csv": "text/csv",
    "cx2": "application/json",
    "graphml": "application/graphml+xml",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "jsonld": "application/ld+json",
    "md": "text/markdown",
    "nq": "application/n-quads",
    "nt": "application/n-triples",
    "obo": "text/obo",
    "ofn": "text/owl-functional",
    "omn": "text/owl-manchester",
    "owl": "application/rdf+xml",
    "owx": "application/owl+xml",
    "trig": "application/trig",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "txt": "text/plain",
    "zip": ARCHIVE,
}
"""End of a file's name → media type; OWL's are those of its specifications, graphml's, jsonl's and obo's are in common use."""
RDF = {MEDIA_TYPES[ending] for ending in ("jsonld", "nq", "nt", "owl", "trig", "ttl")}
"""Media types of RDF."""
_PIECE = 1 << 20
_OLDEST = (1980, 1, 1, 0, 0, 0)
"""The date of every file in an archive: the same files give the same archive."""


@dataclass(frozen=True, slots=True)
class File:
    """One file that can be had.

    :param name: its path below the address of all files
    :param form: name of the format; empty for a file that says something about the others
    :param title: what it is, for people
    :param edition: of an ontology that comes in several
    :param size: in bytes, when it has been written
    :param sha256: in hexadecimal digits, when it has been written
    """

    name: str
    form: str
    title: str
    media_type: str
    edition: str = ""
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Artefact:
    """One format, in one edition, as a single file.

    :param edition: ``None`` where the format does not come in editions
    """

    entry: Format
    edition: Edition | None = None

    @property
    def name(self) -> str:
        """Name of the file: the format is its ending, or stands before it when that does not name the format."""
        edition = f"-{self.edition}" if self.edition not in (None, Edition.INFERRED) else ""
        if self.entry.is_folder:
            return f"{STEM}-{self.entry.name}{edition}.zip"
        plain = self.entry.suffix.startswith((f".{self.entry.name}", "-"))
        return STEM + ("" if plain else f"-{self.entry.name}") + edition + self.entry.suffix

    @property
    def file(self) -> File:
        """The file, before it is written."""
        edition = self.edition.value if self.edition else ""
        title = self.entry.title + (f"; {edition} edition" if edition else "") + ("; archive" if self.entry.is_folder else "")
        return File(self.name, self.entry.name, title, media_type(self.name), edition)

    def write(self, graph: Graph, path: Path) -> Losses:
        """Write the file; return what it could not carry.

        :raises SurroundingsError: when it cannot be written
        """
        losses = Losses()
        source = Source(graph, self.edition or Edition.INFERRED)
        if not self.entry.is_folder:
            self.entry.writer()(source, path, losses)
            return losses
        with TemporaryDirectory(prefix="netkg-") as name:
            folder = Path(name)
            self.entry.writer()(source, folder, losses)
            archive(sorted(file for file in folder.rglob("*") if file.is_file()), folder, path)
        return losses


def artefacts() -> list[Artefact]:
    """Return every format, those that are ontologies in each edition."""
    return [Artefact(entry, edition) for entry in FORMATS.values() for edition in (tuple(Edition) if entry.editions else (None,))]


def media_type(name: str) -> str:
    """Return the media type that the end of a file's name says.

    :raises KeyError: when it is none that we write
    """
    return MEDIA_TYPES[name.rpartition(".")[2]]


def measured(file: Path, known: File) -> File:
    """Return what is known of a file with its size and checksum."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return File(known.name, known.form, known.title, known.media_type, known.edition, file.stat().st_size, digest.hexdigest())


def archive(files: Iterable[Path], root: Path, path: Path) -> None:
    """Write files into a zip archive, by their paths below a folder.

    :raises SurroundingsError: when it cannot be written
    """
    with whole_file(path) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(root).as_posix(), _OLDEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with file.open("rb") as content, packed.open(entry, "w", force_zip64=True) as target:
                while piece := content.read(_PIECE):
                    target.write(piece)


COMPANIONS: dict[File, Callable[[Sources], Path]] = {
    File("context.jsonld", "", "the context of the JSON-LD documents", MEDIA_TYPES["jsonld"]): lambda _sources: Path(__file__).with_name("context.jsonld"),
    File("shapes.ttl", "", "SHACL shapes of statements, evidence and cases", MEDIA_TYPES["ttl"]): lambda sources: sources.ontology.with_name("shapes.ttl"),
}
"""Files that lie beside the exports as they are, and where they lie in the sources."""
