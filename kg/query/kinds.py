"""What kind of thing a term or record is, in a word that people use."""

from __future__ import annotations

from kg.graph import Graph
from kg.load.tables import TABLES
from kg.prefixes import NET
from kg.query.kept import kept

MAIN_CLASSES: dict[str, str] = {
    "Neoplasm": "tumour",
    "AnatomicalSite": "site",
    "Regimen": "regimen",
    "Drug": "drug",
    "DiagnosticProcedure": "test",
    "Intervention": "procedure",
    "HereditarySyndrome": "hereditary syndrome",
    "HormonalSyndrome": "hormonal syndrome",
    "AdverseEffect": "adverse effect",
    "ClinicalFinding": "finding",
    "Biomarker": "biomarker",
    "MolecularAlteration": "molecular alteration",
    "Receptor": "receptor",
    "MolecularTarget": "target",
    "Hormone": "hormone",
    "Radionuclide": "radionuclide",
    "MolecularEntity": "molecule",
    "Gene": "gene",
    "Cell": "cell",
    "Disease": "disease",
    "CareOption": "therapy",
    "Presentation": "presentation",
    "FeatureValue": "kind of value",
    "InformationEntity": "kind of record",
}
"""Class of the ontology → the word for what lies below it; the nearest one above a term counts, the first of several."""

RECORDS: dict[str, str] = {table.path: table.label.partition(" {")[0] for table in TABLES}
"""First part of the name of a record → the word for it."""
RECORDS |= {"document": "document", "trial": "trial", "population": "population", "presentation": "population", "graph": "named graph", "file": "file"}


@kept
def _of_classes(graph: Graph) -> dict[str, str]:
    terms = graph.terms
    found: dict[str, tuple[int, str]] = {}
    for name, word in MAIN_CLASSES.items():
        below = terms.descendants(NET + name) if NET + name in terms.kinds else set()
        for iri in below:
            if iri not in found or len(below) < found[iri][0]:
                found[iri] = (len(below), word)
    return {iri: word for iri, (_, word) in found.items()}


def kind_of(graph: Graph, iri: str) -> str:
    """Return the word for what an identifier of the graph stands for."""
    name = iri.removeprefix(NET)
    if iri.startswith(NET) and "/" in name:
        return RECORDS.get(name.partition("/")[0], "record")
    kind = graph.terms.kinds.get(iri, "")
    if kind == "class":
        return _of_classes(graph).get(iri, "class")
    if kind == "individual":
        return "value"
    return kind or "resource"
