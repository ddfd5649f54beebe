"""Which identifier a node has: the one that Biolink prefers where exactly one fits, our own CURIE elsewhere.

Graphs are joined by identifiers, so a node that is exactly MONDO:0019496 is called that. Only exact mappings count; a
prefix must be among those that the model lists for the node's first category, and the earliest in that list wins. A node
keeps its own CURIE when two exact mappings of that vocabulary fit, or when another node has the same one: two nodes of
ours never become one. Our CURIE is always an equivalent identifier, and every edge names it as its original subject or
object.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from kg.errors import DataError
from kg.export.biolink.model import model
from kg.prefixes import NET, converter

SPELLINGS = {"DOI": "doi", "NCT": "CLINICALTRIALS", "Orphanet": "orphanet", "RXNORM": "RXCUI", "SCTID": "SNOMEDCT"}
"""Prefixes that Biolink spells or names otherwise (both RXNORM and RXCUI stand for RxNorm's concept numbers)."""


def own(iri: str) -> str:
    """Return the CURIE of a term of ours.

    >>> own("https://w3id.org/net-kg/trial/CABINET")
    'net:trial/CABINET'
    """
    return "net:" + iri.removeprefix(NET)


def foreign(iri: str) -> str | None:
    """Return an outside identifier as Biolink spells it, or nothing where the model has no such prefix.

    :raises DataError: when our own prefix map does not know it either: a bare IRI never stands where a CURIE belongs

    >>> foreign("http://www.orpha.net/ORDO/Orphanet_100")
    'orphanet:100'
    >>> foreign("http://identifiers.org/atc/L01EG02") is None
    True
    """
    curie = converter().compress(iri)
    if curie is None:
        raise DataError("no prefix fits this identifier", where=iri, hint="add one to kg/prefixes.py")
    prefix, _, local = curie.partition(":")
    prefix = SPELLINGS.get(prefix, prefix)
    return f"{prefix}:{local}" if prefix in model().prefixes else None


def preferred(nodes: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> dict[str, str]:
    """Return node → identifier.

    :param nodes: IRI of a node → its categories, and outside identifiers that are exactly the same
    """
    claims = Counter(curie for _, curies in nodes.values() for curie in set(curies))
    return {iri: _best(categories, [curie for curie in set(curies) if claims[curie] == 1], curies) or own(iri) for iri, (categories, curies) in nodes.items()}


def _best(categories: Sequence[str], unshared: Sequence[str], curies: Sequence[str]) -> str:
    per_prefix = Counter(curie.partition(":")[0] for curie in set(curies))
    for prefix in model().preferred_prefixes(categories[0]):
        if per_prefix[prefix] == 1:
            fitting = [curie for curie in unshared if curie.startswith(prefix + ":")]
            if fitting:
                return fitting[0]
    return ""
