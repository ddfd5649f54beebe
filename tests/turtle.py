"""Small graphs for tests, written in Turtle or TriG with the prefixes of the project."""

from __future__ import annotations

import pyoxigraph as ox

from kg.prefixes import PREFIXES

PROLOGUE = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()) + f"@prefix : <{PREFIXES['net']}> .\n"


def triples(text: str) -> list[ox.Triple]:
    """Return the triples of a Turtle text."""
    return [quad.triple for quad in ox.parse(PROLOGUE + text, format=ox.RdfFormat.TURTLE)]


def quads(text: str) -> list[ox.Quad]:
    """Return the statements of a TriG text."""
    return list(ox.parse(PROLOGUE + text, format=ox.RdfFormat.TRIG))
