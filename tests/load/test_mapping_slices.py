"""The real mapping table against extracts of the vocabularies, where they are at hand.

The extracts are no part of the project. ``NETKG_REFERENCE`` names the folder that holds ``identifiers/terms.tsv`` and
``identifiers/slices``; without it these tests are skipped.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kg.load.mappings import MAPPINGS
from kg.settings import Sources

LABELS_SHIP = ("NCIT", "MONDO", "CL", "CHEBI", "PR", "OBI", "OGMS", "MAXO", "UniProtKB", "UBERON", "DOID", "HGNC", "DRUGBANK")
"""Vocabularies whose licence lets us give labels (see data/README.md)."""

CURRENT_FILES = {
    "MONDO": "mondo-2026-05-05.cellxgene.json",
    "UBERON": "uberon-2026-04-01.cellxgene.json",
    "CL": "cl-2026-03-26.cellxgene.json",
    "EFO": "efo-3.90.0.cellxgene.json",
    "UniProtKB": "uniprot-2026-01-28.cellxgene.json",
    "DOID": "doid-2026-07-31.obo",
    "MAXO": "maxo-2024-07-29.obo",
    "OBI": "obi-2026-05-08.obo",
    "HP": "hp-labels-2026-08.tsv",
}
"""Vocabulary → its newest extract, which says what is obsolete."""

OLDER_FILES = {
    "CHEBI": "chebi-imports.obo",
    "PR": "pr-imports.obo",
    "NCIT": "ncit-2018-06-08.obograph.json",
    "HGNC": "hgnc-2021-09-16.obograph.json",
    "Orphanet": "ordo-2.6.obograph.json",
}
"""Vocabulary → an extract that knows identifiers and older labels."""


@dataclass
class Vocabulary:
    """What the extracts say.

    :param labels: identifier → labels in any file
    :param obsolete: identifiers that the newest extract of their vocabulary calls obsolete
    """

    labels: dict[str, set[str]] = field(default_factory=dict)
    obsolete: set[str] = field(default_factory=set)

    def add(self, curie: str, label: str, *, obsolete: bool = False) -> None:
        self.labels.setdefault(curie, set()).add(label)
        if obsolete or label.lower().startswith("obsolete"):
            self.obsolete.add(curie)


def cellxgene(path: Path) -> Iterator[tuple[str, str, bool]]:
    for curie, node in json.loads(path.read_text(encoding="utf-8")).items():
        yield curie.replace("uniprot:", "UniProtKB:"), node["label"], node["deprecated"]


def obo(path: Path) -> Iterator[tuple[str, str, bool]]:
    for stanza in path.read_text(encoding="utf-8").split("\n\n"):
        found = re.search(r"^\[Term\]\nid: (\S+)", stanza.strip(), re.MULTILINE)
        name = re.search(r"^name: (.*)$", stanza, re.MULTILINE)
        if found and name:
            yield found[1], name[1], "\nis_obsolete: true" in stanza


def obograph(path: Path) -> Iterator[tuple[str, str, bool]]:
    for node in json.loads(path.read_text(encoding="utf-8"))["graphs"][0]["nodes"]:
        prefix, _, local = node["id"].rpartition("/")[2].rpartition("_")
        yield f"{prefix.upper() if prefix == 'hgnc' else prefix}:{local}", node.get("lbl", ""), False


def hp_labels(path: Path) -> Iterator[tuple[str, str, bool]]:
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        curie, _, label = line.split("\t")
        yield curie, label, False


def entries(path: Path) -> Iterator[tuple[str, str, bool]]:
    for ending, reader in ((".cellxgene.json", cellxgene), (".obograph.json", obograph), (".obo", obo), (".tsv", hp_labels)):
        if path.name.endswith(ending):
            yield from reader(path)
            return


def rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def reference() -> Path:
    folder = os.environ.get("NETKG_REFERENCE", "")
    if not folder:
        pytest.skip("NETKG_REFERENCE does not name a folder with identifiers/slices")
    return Path(folder) / "identifiers"


@pytest.fixture(scope="module")
def vocabulary(reference: Path) -> Vocabulary:
    found = Vocabulary()
    for row in rows(reference / "terms.tsv"):
        found.add(row["id"], row["label_in_source"], obsolete="deprecated in source" in row["note"])
    for name in CURRENT_FILES.values():
        for curie, label, obsolete in entries(reference / "slices" / name):
            found.add(curie, label, obsolete=obsolete)
    for name in OLDER_FILES.values():
        for curie, label, _ in entries(reference / "slices" / name):
            found.labels.setdefault(curie, set()).add(label)
    return found


@pytest.fixture(scope="module")
def mappings() -> list[dict[str, str]]:
    return rows(Sources(Path(__file__).resolve().parents[2]).data / MAPPINGS)


def test_the_extracts_are_read(vocabulary: Vocabulary) -> None:
    assert vocabulary.labels["MONDO:0019496"] == {"neuroendocrine neoplasm"}
    assert "Carcinoid Tumor" in vocabulary.labels["NCIT:C2915"]
    assert vocabulary.labels["HGNC:7010"] == {"MEN1"}
    assert {"MONDO:0007262", "Orphanet:481469"} <= vocabulary.obsolete


def test_every_mapped_identifier_stands_in_its_vocabulary(mappings: list[dict[str, str]], vocabulary: Vocabulary) -> None:
    assert sorted({row["object_id"] for row in mappings} - set(vocabulary.labels)) == []


@pytest.mark.parametrize("prefix", sorted(CURRENT_FILES))
def test_a_vocabulary_with_a_new_extract_holds_what_is_mapped_to_it(
    prefix: str, mappings: list[dict[str, str]], vocabulary: Vocabulary, reference: Path
) -> None:
    extract = {curie for curie, _, _ in entries(reference / "slices" / CURRENT_FILES[prefix])}
    mapped = {row["object_id"] for row in mappings if row["object_id"].startswith(f"{prefix}:")}
    listed = {row["id"] for row in rows(reference / "terms.tsv") if row["verified"] == "yes"}
    assert mapped
    assert sorted(mapped - extract - listed) == []
    assert len(mapped & extract) > len(mapped) / 2
    assert sorted(mapped & vocabulary.obsolete) == []


def test_nothing_obsolete_is_mapped(mappings: list[dict[str, str]], vocabulary: Vocabulary) -> None:
    assert [(row["subject_id"], row["object_id"]) for row in mappings if row["object_id"] in vocabulary.obsolete] == []


def test_labels_are_those_of_the_vocabulary_and_ship_only_where_the_licence_allows(mappings: list[dict[str, str]], vocabulary: Vocabulary) -> None:
    for row in mappings:
        prefix = row["object_id"].partition(":")[0]
        known = vocabulary.labels[row["object_id"]] - {""}
        if prefix in LABELS_SHIP:
            assert row["object_label"] in known or (not known and not row["object_label"]), row
        else:
            assert row["object_label"] == "", row


def test_every_mapping_names_the_release_that_was_read(mappings: list[dict[str, str]]) -> None:
    assert [row for row in mappings if not re.search(r"[A-Za-z]{2}", row["object_source_version"])] == []


def test_second_hand_identifiers_are_marked(mappings: list[dict[str, str]], reference: Path) -> None:
    checked: dict[str, set[str]] = {}
    for row in rows(reference / "terms.tsv"):
        checked.setdefault(row["id"], set()).add(row["verified"])
    for row in mappings:
        second_hand = checked[row["object_id"]] == {"secondhand"}
        assert (row["mapping_justification"] == "semapv:UnspecifiedMatching") == second_hand, row
        assert row["comment"].endswith("second-hand identifier") == second_hand, row
