"""Which Biolink category a term or record has.

The choice follows the definitions of the classes in biolink-model.yaml 4.4.4. Three of them decide where it is not plain:

* ``treats`` and its family ask for a subject that is a ``chemical or drug or treatment``. A ``Procedure`` is none, a
  ``Treatment`` ("may involve multiple drug exposures, medical devices and/or procedures") is. So an operation has both.
* ``ClinicalFinding`` is "broad enough to tag clinical lab measurements": our biomarkers are these.
* ``DiagnosticAid`` is "a device or substance used to help diagnose": a tracer is one, a scan is not.

Values of closed lists (a grade, a status), kinds of records and classes of clinical situations have no category.
"""

from __future__ import annotations

from kg.graph import Graph
from kg.prefixes import NET
from kg.query.kept import kept

CLASSES: dict[str, tuple[str, ...]] = {
    "Neoplasm": ("Disease",),
    "Disease": ("Disease",),
    "ClinicalFinding": ("PhenotypicFeature",),
    "MolecularAlteration": ("ClinicalFinding",),
    "Biomarker": ("ClinicalFinding",),
    "AnatomicalSite": ("AnatomicalEntity",),
    "Cell": ("Cell",),
    "Gene": ("Gene",),
    "MolecularTarget": ("Protein",),
    "DNAStrand": ("NucleicAcidEntity",),
    "Microtubule": ("CellularComponent",),
    "CD3Complex": ("MacromolecularComplex",),
    "Hormone": ("ChemicalEntity",),
    "Radionuclide": ("MolecularEntity",),
    "MolecularEntity": ("ChemicalEntity",),
    "Drug": ("Drug",),
    "DiagnosticRadioligand": ("Drug", "DiagnosticAid"),
    "Regimen": ("Treatment",),
    "TherapeuticProcedure": ("Procedure", "Treatment"),
    "DiagnosticProcedure": ("Procedure",),
    "CareOption": ("ClinicalIntervention",),
}
"""Class of the ontology → categories of what lies below it; the nearest one above a term counts."""

RECORDS: dict[str, tuple[str, ...]] = {
    "ClinicalTrial": ("ClinicalTrial",),
    "Population": ("StudyPopulation",),
    "DrugLabel": ("DrugLabel",),
    "WebPage": ("WebPage",),
    "Document": ("Publication",),
}
"""Class of an individual → its categories; the first that it belongs to counts."""

OBSOLETE = ("NamedThing",)
"""Categories of terms no longer in use: they keep their names and lose their place in the hierarchy."""

COMBINED = ("Treatment",)
"""Categories of therapies given together."""


@kept
def categories_of_classes(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Return class → categories, for the classes that have any."""
    terms = graph.terms
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    for name, categories in CLASSES.items():
        below = terms.descendants(NET + name) if NET + name in terms.kinds else set()
        for iri in below:
            if iri.startswith(NET) and (iri not in found or len(below) < found[iri][0]):
                found[iri] = (len(below), categories)
    return {iri: categories for iri, (_, categories) in found.items()}


def categories_of_record(types: set[str], graph: Graph) -> tuple[str, ...]:
    """Return the categories of an individual, or none.

    :param types: the classes it was said to belong to
    """
    for name, categories in RECORDS.items():
        if types & graph.terms.descendants(NET + name):
            return categories
    return ()
