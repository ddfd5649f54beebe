"""What a population says of disease and place: the conditions that a statement about it is about.

A condition is the neoplasm that the population asks for, made as narrow as its site allows: "neuroendocrine tumour" with
site "pancreas" is the class that the ontology defines as just that. Where there is no such class the site is a qualifier.
A population without a neoplasm is one of people with a neuroendocrine neoplasm: that is what a presentation is. Everything
else (grade, extent, earlier therapy …) stays with the population, which every edge names as its context.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from kg.prefixes import NET
from kg.terms import Terms

ROOT = NET + "NeuroendocrineNeoplasm"
SYNDROME = NET + "HormonalSyndrome"
SYMPTOM = NET + "Symptom"
FUNCTIONING = NET + "Functioning"
COMPLAINTS = {NET + name for name in ("Symptom", "ComplicationFinding", "SomatostatinAnalogueRefractoryDiarrhoea", "UnresponsiveHormonalSymptoms")}
"""Findings that are relieved, with what lies below them; the others say something of the tumour or the person."""


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """What a statement is about.

    :param disease: the disease in which it holds, when ``subject`` is a symptom or syndrome
    :param site: the site in which it holds, when no class says so
    """

    subject: str
    disease: str = ""
    site: str = ""


@dataclass(slots=True)
class Alternative:
    """One alternative of a population: feature → the values that it asks for, any of them."""

    required: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def values(self, feature: str) -> list[str]:
        """Return the values of one feature, sorted."""
        return sorted(self.required.get(NET + feature, ()))


class Scopes:
    """The populations of a graph, one dictionary entry for each alternative.

    :param sites: (neoplasm, site) → the class that is defined as the one in the other
    :param syndromes: neoplasm → the syndromes that it causes
    """

    def __init__(self, terms: Terms, sites: dict[tuple[str, str], str], syndromes: dict[str, list[str]]) -> None:
        self._terms = terms
        self._sites = sites
        self._syndromes = syndromes
        self.alternatives: dict[str, list[Alternative]] = {}

    def diseases(self, population: str) -> list[Condition]:
        """Return the diseases that a population has, one for each neoplasm and site."""
        return sorted({condition for alternative in self.alternatives.get(population, [Alternative()]) for condition in self._diseases(alternative)})

    def complaints(self, population: str, *, named: bool = False) -> list[Condition]:
        """Return the syndromes or symptoms of a population, each in the disease that it is part of.

        Where no criterion names one, it is the syndrome that the neoplasm causes; else, "functioning" stands for some
        hormone syndrome; else, it is some symptom.

        :param named: leave out what no criterion names
        """
        return sorted({c for alternative in self.alternatives.get(population, [Alternative()]) for c in self._complaints(alternative, named=named)})

    def _diseases(self, alternative: Alternative) -> list[Condition]:
        found = []
        for neoplasm in alternative.values("hasNeoplasm") or [ROOT]:
            for site in alternative.values("hasPrimarySite") or [""]:
                narrow = self._sites.get((neoplasm, site), "")
                found.append(Condition(narrow or neoplasm, site="" if narrow else site))
        return found

    def _complaints(self, alternative: Alternative, *, named: bool) -> list[Condition]:
        findings = [iri for iri in alternative.values("hasFinding") if self._terms.ancestors(iri) & COMPLAINTS]
        complaints = alternative.values("hasSyndrome") or findings
        if complaints or named:
            return [Condition(complaint, disease.subject, disease.site) for complaint in complaints for disease in self._diseases(alternative)]
        general = SYNDROME if FUNCTIONING in alternative.values("hasFunctioningStatus") else SYMPTOM
        diseases = self._diseases(alternative)
        return [Condition(syndrome, d.subject, d.site) for d in diseases for syndrome in self._syndromes.get(d.subject, [general])]
