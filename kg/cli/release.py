"""``netkg release``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.common import opened, store_option
from kg.diff import open_build
from kg.release import release as write_release
from kg.settings import default_sources


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--previous", metavar="OLD", help="The release before: its folder, a store, or its N-Quads file. For the notes, and so that no term is lost.")
@store_option
def release(folder: Path, previous: str | None, store: str | None) -> None:
    """Write a release into DIR: every format, with checksums, manifest, loss reports, notes and licence.

    \b
    What is in it:
      net-kg.*, net-kg-*      every format of netkg export; ontologies as base, inferred and full edition;
                              a format of several files is one zip archive
      manifest.json           each file with format, edition, media type, size, checksum and losses
      SHA256SUMS              to be checked with: sha256sum -c SHA256SUMS
      losses/                 what each file could not carry: term, axiom, reason
      release-notes.md        terms and statements added, changed, deprecated, withdrawn since OLD
      ro-crate-metadata.json  makes the folder an RO-Crate
      README.md, LICENSE.txt

    The same graph gives the same bytes, wherever and whenever it is released. DIR appears whole or not at all. It must
    not be there yet, or be empty, or hold a release of the same version, which is replaced; a release of another
    version is never touched.

    With --previous, every term of OLD must still be there, in use or deprecated; else nothing is written, the missing
    ones are named and the exit code is 1.

    \b
    Examples:
      netkg release releases/2026-11-21
      netkg release releases/2026-12-01 --previous releases/2026-11-21
    """
    graph = opened(store)
    before = open_build(previous, default_sources()) if previous else None
    done = write_release(graph, folder, before, progress=_tell)
    click.echo(f"release {done.version}: {len(done.files)} files in {folder}", err=True)


def _tell(name: str, size: int, seconds: float) -> None:
    click.echo(f"{seconds:6.1f} s  {size:>12,} bytes  {name}", err=True)
