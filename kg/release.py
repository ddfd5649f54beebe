"""A release: every format in one folder, with checksums, a manifest, loss reports, notes and licence.

The same graph gives the same bytes in every file: nothing in them depends on the clock, the machine or the folder. The
folder appears whole or not at all.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kg.diff import compare
from kg.diff.files import MANIFEST, read_manifest
from kg.diff.notes import first_notes, release_notes
from kg.errors import DataError, SurroundingsError, UsageError
from kg.export.artefacts import COMPANIONS, Artefact, File, artefacts, measured, media_type
from kg.export.dataset import DESCRIPTIONS
from kg.export.dataset.about import NAME, RELEASES, About, Publication, about
from kg.export.dataset.rocrate import DESCRIPTOR
from kg.export.source import Edition, Source
from kg.files import write_whole
from kg.graph import NOTICE, Graph
from kg.prefixes import NET, compress
from kg.store import graph_counts

SUMS = "SHA256SUMS"
NOTES = "release-notes.md"
README = "README.md"
LICENCE_FILE = "LICENSE.txt"
LOSSES = "losses"
"""Folder of the loss reports."""
CRATE = "rocrate"
SHOWN_TERMS = 10
"""Withdrawn terms that an error names; all of them are counted."""

Progress = Callable[[str, int, float], None]
"""Called with the name of each file, its size and the seconds that it took."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Released:
    """A release that was written.

    :param files: all but manifest and checksums
    """

    folder: Path
    version: str
    files: tuple[File, ...]


def release(graph: Graph, folder: Path, previous: Graph | None = None, *, progress: Progress = lambda _name, _size, _seconds: None) -> Released:
    """Write a release.

    :param folder: is made; or it is empty, or holds a release of the same version, which is replaced
    :param previous: the release before, for the notes; each of its terms must still be there
    :raises UsageError: when the folder holds something else
    :raises DataError: when the graph has no version, or lost terms
    :raises SurroundingsError: when something cannot be written; then nothing is left behind, and what was there is unchanged
    """
    facts = about(graph)
    if facts.version == "unknown":
        raise DataError("the graph has no version, so it cannot be released", where=graph.store.location, hint="build it: netkg build")
    _refuse_other_folders(folder, facts.version)
    if previous:
        _refuse_lost_terms(graph, previous)
    with _whole(folder) as fresh:
        writer = _Writer(graph, facts, fresh, progress)
        writer.formats()
        writer.texts(_notes(graph, previous, facts.version))
        writer.manifest(previous.version() if previous else None)
        return Released(folder, facts.version, tuple(writer.files))


class _Writer:
    """Writes the files of a release one after the other; each describes those before it."""

    def __init__(self, graph: Graph, facts: About, folder: Path, progress: Progress) -> None:
        self._graph = graph
        self._about = facts
        self._folder = folder
        self._progress = progress
        self._source = Source(graph)
        self._losses: dict[str, dict[str, int]] = {}
        self.files: list[File] = []

    def formats(self) -> None:
        """Write every format but the descriptions, then those."""
        for artefact in artefacts():
            if artefact.entry.name not in DESCRIPTIONS:
                self._write(artefact)
        data = tuple(file for file in self.files if file.form)  # a loss report is no form of the dataset
        for artefact in artefacts():
            if artefact.entry.name in DESCRIPTIONS and artefact.entry.name != CRATE:
                self._describe(artefact.file, Publication(f"{RELEASES}{self._about.version}/", data))

    def texts(self, notes: str) -> None:
        """Write what lies beside the formats: what they refer to, what people read first, and the description of the folder as a whole."""
        for file, where in COMPANIONS.items():
            self._add(file, where(self._graph.sources).read_bytes)
        self._add(_text_file(NOTES, "what changed since the release before"), notes.encode)
        self._add(_text_file(LICENCE_FILE, "the licence of all files"), lambda: _licence(self._about).encode())
        self._add(_text_file(README, "what is in the release, and how to use it"), lambda: _readme(self._about, self.files).encode())
        crate = next(artefact.file for artefact in artefacts() if artefact.entry.name == CRATE)
        last = (_text_file(MANIFEST, "all files with sizes, checksums and losses"), _text_file(SUMS, "checksums of all files"))
        self._describe(File(DESCRIPTOR, crate.form, crate.title, crate.media_type), Publication("", (*self.files, *last)))

    def manifest(self, previous: str | None) -> None:
        """Write the manifest and the checksums."""
        manifest = self._folder / MANIFEST
        document = _manifest(self._graph, self._about, previous) | {"files": [self._entry(file) for file in sorted(self.files, key=lambda file: file.name)]}
        write_whole(manifest, [json.dumps(document, ensure_ascii=False, indent=1) + "\n"])
        listed = sorted([*self.files, measured(manifest, _text_file(MANIFEST, ""))], key=lambda file: file.name)
        write_whole(self._folder / SUMS, [f"{file.sha256}  {file.name}\n" for file in listed])

    def _write(self, artefact: Artefact) -> None:
        start = time.perf_counter()
        path = self._folder / artefact.name
        losses = artefact.write(self._graph, path)
        file = measured(path, artefact.file)
        self.files.append(file)
        self._progress(file.name, file.size or 0, time.perf_counter() - start)
        if len(losses):
            (self._folder / LOSSES).mkdir(exist_ok=True)
            report = self._folder / LOSSES / f"{artefact.name}.tsv"
            losses.write(report)
            self._losses[file.name] = losses.by_reason()
            self.files.append(measured(report, _text_file(f"{LOSSES}/{report.name}", f"what {file.name} could not carry")))

    def _describe(self, file: File, publication: Publication) -> None:
        self._add(file, lambda: DESCRIPTIONS[file.form](self._source, self._about, publication))

    def _add(self, file: File, make: Callable[[], bytes]) -> None:
        start = time.perf_counter()
        text = make()
        write_whole(self._folder / file.name, [text])
        self.files.append(measured(self._folder / file.name, file))
        self._progress(file.name, len(text), time.perf_counter() - start)

    def _entry(self, file: File) -> Json:
        entry: Json = {"file": file.name, "format": file.form, "edition": file.edition, "title": file.title, "media_type": file.media_type}
        entry |= {"bytes": file.size, "sha256": file.sha256}
        return {name: value for name, value in entry.items() if value != ""} | ({"losses": self._losses[file.name]} if file.name in self._losses else {})


def _text_file(name: str, title: str) -> File:
    return File(name, "", title, media_type(name) if "." in name else media_type(".txt"))


def _manifest(graph: Graph, facts: About, previous: str | None) -> Json:
    counts = graph_counts(graph.store)
    own = {iri for iri in graph.terms.kinds if iri.startswith(NET)}
    return {
        "name": NAME,
        "version": facts.version,
        "version_iri": facts.version_iri,
        "previous": previous,
        "licence": facts.licence,
        "notice": NOTICE,
        "statements": sum(counts.values()),
        "graphs": dict(sorted(counts.items())),
        "editions": {edition.value: sum(1 for _ in Source(graph, edition).ontology()) for edition in Edition},
        "terms": {"in use": len(own - graph.terms.deprecated), "deprecated": len(own & graph.terms.deprecated)},
    }


def _refuse_other_folders(folder: Path, version: str) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError("this is no folder", where=str(folder), hint="name a folder that is not there yet")
    if not any(folder.iterdir()):
        return
    manifest = read_manifest(folder)
    if manifest is None:
        raise UsageError("the folder is not empty and holds no release", where=str(folder), hint="name a folder that is not there yet")
    if manifest["version"] != version:
        raise UsageError(
            f"the folder holds release {manifest['version']}, which stays as it is; this one is {version}",
            where=str(folder),
            hint="name another folder, and the release before with --previous",
        )


def _refuse_lost_terms(graph: Graph, previous: Graph) -> None:
    """Raise when a term of the release before is gone; one that is given up must stay, marked deprecated."""
    lost = sorted(iri for iri in previous.terms.kinds if iri.startswith(NET) and iri not in graph.terms.kinds)
    if lost:
        named = ", ".join(compress(iri) for iri in lost[:SHOWN_TERMS]) + (" …" if len(lost) > SHOWN_TERMS else "")
        hint = "keep it with owl:deprecated, and a replacement where there is one; see docs/curating.md"
        raise DataError(f"{len(lost)} term(s) of release {previous.version()} are gone: {named}", where=graph.store.location, hint=hint)


def _notes(graph: Graph, previous: Graph | None, version: str) -> str:
    return release_notes(compare(previous, graph), previous.version(), version) if previous else first_notes(version)


def _licence(facts: About) -> str:
    return (
        f"All files of this release of {NAME} are licensed under the Creative Commons Attribution 4.0 International\n"
        f"Public License (CC BY 4.0).\n\nLicence: {facts.licence}\nText:    {facts.licence}legalcode\n\n"
        "Identifiers of other vocabularies, and the labels quoted beside them, keep their own licences.\n"
        f"How to cite: {facts.citation}\n"
    )


def _readme(facts: About, files: list[File]) -> str:
    rows = [f"| [{file.name}]({file.name}) | {file.title} | {file.size:,} |" for file in files if not file.name.startswith(f"{LOSSES}/")]
    return "\n".join(
        [
            f"# {NAME} {facts.version}",
            "",
            facts.description,
            "",
            f"> {NOTICE}",
            "",
            f"- `sha256sum -c {SUMS}` checks that every file arrived whole.",
            f"- [{MANIFEST}]({MANIFEST}) lists the files for programs; [{NOTES}]({NOTES}) says what changed.",
            f"- What a format has no place for is listed in `{LOSSES}/`, one table for each file, with the reason.",
            "- The ontology comes in three editions: as edited (base), with the superclasses that the reasoner found and the"
            " mappings (the file without a word for its edition), and with all curated records (full).",
            f"- Licence: CC BY 4.0, see [{LICENCE_FILE}]({LICENCE_FILE}).",
            "",
            "| file | what it is | bytes |",
            "| --- | --- | ---: |",
            *rows,
            "",
        ]
    )


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside the one named, which takes its place when the block ends well.

    An earlier folder of that name steps aside first: a release is never mixed with another.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as name:
            fresh, earlier = Path(name) / "new", Path(name) / "earlier"
            fresh.mkdir()
            yield fresh
            if folder.exists():
                folder.replace(earlier)
            try:
                fresh.replace(folder)
            except BaseException:
                if earlier.exists():
                    earlier.replace(folder)
                raise
    except OSError as error:
        raise SurroundingsError(f"cannot be written: {error.strerror}", where=str(folder)) from error
