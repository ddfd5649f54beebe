"""Codes of other vocabularies against our terms, through the mappings of the graph.

What a mapping says, and so what follows for a person with the code Y when our term X has a mapping to it:

==================  ==================  ============================  =======================
mapping of X        meaning             the person has Y              the person has no Y
==================  ==================  ============================  =======================
``exactMatch``      the same            has X                         has no X
``narrowMatch``     Y is narrower       has X (something is lost)     nothing follows
``broadMatch``      Y is broader        nothing follows               has no X
``closeMatch``      nearly the same     nothing follows               nothing follows
==================  ==================  ============================  =======================
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.load.mappings import LOCAL_FORMS, PARTIAL, PREDICATES
from kg.prefixes import GRAPH, NET, PREFIXES
from kg.store import select

if TYPE_CHECKING:
    from kg.graph import Graph

EXACT, CLOSE, BROAD, NARROW = PREDICATES

SYSTEMS: dict[str, str] = {
    "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl": "NCIT",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RXNORM",
    "http://fdasis.nlm.nih.gov": "UNII",
    "http://www.whocc.no/atc": "ATC",
    "http://terminology.hl7.org/CodeSystem/icd-o-3": "ICDO",
    "http://terminology.hl7.org/CodeSystem/umls": "UMLS",
    "http://www.genenames.org": "HGNC",
    "http://human-phenotype-ontology.org": "HP",
    "http://snomed.info/sct": "SCTID",
    "http://snomed.info/id": "SCTID",
    "http://loinc.org": "LOINC",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD10CM",
    "http://unitsofmeasure.org": "UCUM",
}
"""Code systems as FHIR documents name them → prefix (HL7's registers of code systems and the aliases of mCODE 4)."""

_PREFIX_OF = {name.casefold(): name for name in (*PREFIXES, *LOCAL_FORMS, *SYSTEMS.values())}
_BASES = [("http" + base.removeprefix("https").removeprefix("http"), name) for name, base in PREFIXES.items()]
_OBO_FILE = re.compile(r"http://purl\.obolibrary\.org/obo/([A-Za-z]+)(?:\.owl)?")
_OBO_TERM = re.compile(r"http://purl\.obolibrary\.org/obo/([A-Za-z]+)_([A-Za-z0-9]+)")
_IDENTIFIERS = re.compile(r"http://identifiers\.org/([A-Za-z0-9.]+)[/:](.+)")
_CURIE = re.compile(r"([A-Za-z][A-Za-z0-9.\-]*):(\S+)")


def curie_of(text: str) -> str:
    """Return a CURIE or IRI in the one form that mappings are kept under; empty when it is neither.

    Understood are CURIEs in any case of the prefix, OBO and identifiers.org addresses, addresses that begin with one of
    :data:`kg.prefixes.PREFIXES`, and the address of a code system followed by ``/``, ``#`` or ``|`` and the code.

    >>> curie_of("http://purl.obolibrary.org/obo/NCIT_C3809"), curie_of("https://identifiers.org/ncit:C3809")
    ('NCIT:C3809', 'NCIT:C3809')
    >>> curie_of("uberon:0001264"), curie_of("http://snomed.info/sct|15497006"), curie_of("pancreas")
    ('UBERON:0001264', 'SCTID:15497006', '')
    """
    text = text.strip()
    if "://" not in text:
        match = _CURIE.fullmatch(text)
        return _joined(match[1], match[2]) if match else ""
    text = "http" + text.removeprefix("https").removeprefix("http")
    for system, prefix in SYSTEMS.items():
        if text.startswith(system) and text[len(system) : len(system) + 1] in ("/", "#", "|"):
            return _joined(prefix, text[len(system) + 1 :])
    for base, prefix in _BASES:
        if text.startswith(base) and len(text) > len(base):
            return _joined(prefix, text[len(base) :])
    if match := _OBO_TERM.fullmatch(text) or _IDENTIFIERS.fullmatch(text):
        return _joined(match[1], match[2])
    return ""


def coded(system: str, code: str) -> str:
    """Return the CURIE of a code of a FHIR code system; empty when the system is not known.

    >>> coded("http://www.genenames.org", "HGNC:7059"), coded("http://purl.obolibrary.org/obo/mondo.owl", "0005454")
    ('HGNC:7059', 'MONDO:0005454')
    """
    system = system.strip().rstrip("/")
    system = "http" + system.removeprefix("https").removeprefix("http") if "://" in system else system
    prefix = SYSTEMS.get(system, "")
    if not prefix and (match := _OBO_FILE.fullmatch(system)):
        prefix = _PREFIX_OF.get(match[1].casefold(), "")
    if not prefix or not code.strip():
        return ""
    head, colon, tail = code.strip().partition(":")
    return _joined(prefix, tail if colon and head.casefold() == prefix.casefold() else code.strip())


def _joined(prefix: str, local: str) -> str:
    """Return prefix and local part in our spelling; ``Orphanet_`` and the like before the number are left away."""
    known = _PREFIX_OF.get(prefix.casefold(), "")
    head, colon, tail = local.partition(":")
    if known and colon and head.casefold() == known.casefold():
        local = tail
    return f"{known}:{local}" if known and local else ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What codes of other vocabularies mean in ours.

    :param table: CURIE → (IRI of our term, mapping predicate), the exact ones first
    """

    table: dict[str, tuple[tuple[str, str], ...]]

    @classmethod
    def from_graph(cls, graph: Graph) -> Vocabulary:
        """Return the vocabulary that the mappings of a graph make."""
        names = " ".join(PREDICATES)
        rows = select(
            graph.store,
            f"PREFIX skos: <{PREFIXES['skos']}> SELECT ?s ?p ?o WHERE {{ GRAPH <{GRAPH}data/mappings> {{ VALUES ?p {{ {names} }} ?s ?p ?o }} }}",
        )
        found = [(s.value, p.value, o.value) for s, p, o in rows if isinstance(s, ox.NamedNode) and isinstance(p, ox.NamedNode) and isinstance(o, ox.NamedNode)]
        return cls._of(found)

    @classmethod
    def from_triples(cls, triples: Iterable[ox.Triple]) -> Vocabulary:
        """Return the vocabulary that some mapping triples make; others among them are passed over."""
        return cls._of(
            (t.subject.value, t.predicate.value, t.object.value) for t in triples if isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.NamedNode)
        )

    @classmethod
    def _of(cls, mappings: Iterable[tuple[str, str, str]]) -> Vocabulary:
        names = {PREFIXES["skos"] + name.partition(":")[2]: name for name in PREDICATES}
        table: dict[str, set[tuple[int, str, str]]] = {}
        for ours, predicate, theirs in mappings:
            name, code = names.get(predicate), curie_of(theirs)
            if name and code:
                table.setdefault(code, set()).add((PREDICATES.index(name), ours, name))
        return cls({code: tuple((ours, name) for _, ours, name in sorted(found)) for code, found in sorted(table.items())})

    def lookup(self, code: str) -> tuple[tuple[str, str], ...]:
        """Return our terms for a CURIE or IRI of any known form, each with the predicate of its mapping.

        A term of our own namespace is its own exact match.

        :return: (IRI, predicate such as ``skos:exactMatch``), the exact ones first; empty when nothing is known
        """
        curie = curie_of(code)
        if curie.startswith("net:"):
            return ((NET + curie.removeprefix("net:"), EXACT),)
        return self.table.get(curie, ())

    def covers(self, code: str) -> bool:
        """Return whether the vocabulary of a code is one that is mapped as a whole, so that a name need not stand in for it."""
        return curie_of(code).partition(":")[0] in LOCAL_FORMS.keys() - PARTIAL
