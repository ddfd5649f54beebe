"""A small, sound set of curated tables: one row or a few of each kind, to break one thing at a time."""

from __future__ import annotations

from pathlib import Path

from kg.load.mappings import HEADER, MAPPINGS
from kg.load.tables import BY_NAME, TABLES

CITED = {"source": "guide-2023", "curation": "primary"}

ROWS: dict[str, list[dict[str, str]]] = {
    "documents": [
        {
            "id": "guide-2023",
            "kind": "guideline",
            "title": "A guideline",
            "issued": "2023",
            "pmid": "28076709",
            "doi": "10.1056/NEJMoa1607427",
            "curation": "primary",
        },
        {"id": "guide-2017", "kind": "guideline", "title": "An older guideline", "issued": "2017-05-04", "superseded_by": "guide-2023", "curation": "primary"},
        {
            "id": "paper-1",
            "kind": "trial-publication",
            "title": "A trial",
            "issued": "2020-02",
            "nct": "NCT01578239",
            "url": "https://example.org/paper?x=1",
            "curation": "abstract",
        },
    ],
    "trials": [
        {
            "id": "T-1",
            "acronym": "ONE",
            "nct": "NCT01578239",
            "phase": "3",
            "design": "randomised",
            "status": "completed",
            "population": "site=midgut; grade=G1 | G2; sstr=positive",
            **CITED,
        },
        {"id": "T-2", "acronym": "TWO", "population": "any", "start": "2019-01", **CITED},
    ],
    "comparisons": [
        {
            "id": "C-1",
            "trial": "T-1",
            "population": "site=ileum; ki67=<20 OR site=pancreas; grade=G1",
            "experimental": "Everolimus | Lanreotide",
            "comparator": "Octreotide",
            "n_total": "231",
            "met_primary": "yes",
            "analysis": "primary",
            **CITED,
        },
        {"id": "C-2", "trial": "T-2", "population": "any", "experimental": "Everolimus", "met_primary": "not stated", **CITED},
    ],
    "evidence": [
        {
            "id": "E-1",
            "comparison": "C-1",
            "endpoint": "deaths",
            "assessor": "central",
            "value_experimental": "12.5",
            "unit": "days",
            "effect_measure": "hazard ratio",
            "effect": "0.5",
            "effect_low": "0.25",
            "effect_high": "0.75",
            "confidence_level": "95",
            **CITED,
        },
        {"id": "E-2", "comparison": "C-2", "endpoint": "deaths", "assessor": "investigator", "value_experimental": "-3", **CITED},
    ],
    "recommendations": [
        {
            "id": "R-1",
            "population": "hereditary=MEN1 syndrome; absent=carcinoid syndrome; progression=yes",
            "therapy": "Lanreotide",
            "combination": "single",
            "aim": "antitumour | symptom control",
            "direction": "recommended",
            "jurisdiction": "Canada",
            "issued": "2023-02",
            "statement": "Lanreotide is advised.",
            "source": "guide-2023 | guide-2017",
            "read_at": "https://example.org/a | https://example.org/b",
            "curation": "primary",
        },
        {
            "id": "R-2",
            "population": "any",
            "therapy": "Everolimus",
            "combination": "single",
            "aim": "antitumour",
            "direction": "recommended",
            "statement": "Everolimus is advised.",
            **CITED,
        },
    ],
    "approvals": [
        {
            "id": "A-1",
            "therapy": "Everolimus",
            "jurisdiction": "Canada",
            "decision": "approval",
            "status": "active",
            "date": "2016-02-26",
            "population": "site=pancreas",
            "aim": "antitumour",
            "indication": "Pancreatic tumours.",
            "pivotal_trial": "T-1",
            **CITED,
        },
    ],
    "drugs": [{"id": "drug-1", "drug": "Everolimus", "route": "oral", **CITED}],
    "affinities": [{"id": "AFF-1", "agent": "Lanreotide", "receptor": "SomatostatinReceptor2", "ic50_nm": "0.5", "relation": "=", **CITED}],
    "adverse_effects": [
        {"id": "AE-1", "therapy": "Everolimus", "effect": "RenalToxicity", "any_grade_percent": "11", "relation": "=", "comparison": "C-1", **CITED}
    ],
    "grading": [
        {
            "id": "G-1",
            "system": "WHO",
            "neoplasm": "NeuroendocrineNeoplasm",
            "grade": "G2",
            "ki67_low": "3",
            "ki67_low_included": "yes",
            "ki67_high": "20",
            "current": "yes",
            **CITED,
        }
    ],
}
"""Table → rows; a column that is not named is empty. Line 1 is the header, so the first row stands in line 2."""

MAPPING_ROWS: list[dict[str, str]] = [
    {
        "subject_id": "net:Everolimus",
        "subject_label": "everolimus",
        "predicate_id": "skos:exactMatch",
        "object_id": "CHEBI:68478",
        "object_label": "everolimus",
    },
    {"subject_id": "net:Lanreotide", "subject_label": "lanreotide", "predicate_id": "skos:closeMatch", "object_id": "NCIT:C61808", "comment": "the salt"},
    {"subject_id": "net:Pancreas", "subject_label": "pancreas", "predicate_id": "skos:exactMatch", "object_id": "UBERON:0001264"},
]
MAPPING_COMMENT = "#mapping_set_id: https://w3id.org/net-kg/mappings"


def line_of(name: str, row: dict[str, str]) -> str:
    """Return a row of a table as a line without its end."""
    return "\t".join(row.get(column, "") for column in BY_NAME[name].header)


def write_tables(folder: Path) -> Path:
    """Write all tables into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        lines = ["\t".join(table.header), *(line_of(table.name, row) for row in ROWS.get(table.name, []))]
        (folder / f"{table.name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    rows = [{"mapping_justification": "semapv:ManualMappingCuration", **row} for row in MAPPING_ROWS]
    lines = [MAPPING_COMMENT, "\t".join(HEADER), *("\t".join(row.get(column, "") for column in HEADER) for row in rows)]
    (folder / MAPPINGS).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return folder


def replace_cell(path: Path, line: int, column: str, value: str) -> None:
    """Write a value into one cell of a table."""
    lines = path.read_text(encoding="utf-8").split("\n")
    header = lines[1 if path.name == MAPPINGS else 0].split("\t")
    cells = lines[line - 1].split("\t")
    cells[header.index(column)] = value
    lines[line - 1] = "\t".join(cells)
    path.write_bytes("\n".join(lines).encode())
