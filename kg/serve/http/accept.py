"""Content negotiation (RFC 9110, section 12.5) as small pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from kg.serve.http.formats import GRAPHS, PAGE, PAGE_TYPES, RESULTS, Format, named, with_charset

Offers = tuple[tuple[str, tuple[str, ...]], ...]
"""What can be had: key and media types, the one we like best first."""

ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
PART = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*")+')
PARAMETER = re.compile(r'\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;]*)\s*')
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
QUALITY = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
NOTHING_SAID = "*/*"


class Range(NamedTuple):
    """One element of an Accept header.

    :param kind: before the slash, or ``*``
    :param subkind: after the slash, or ``*``
    :param charset: the character set it insists on, if any; other parameters make no difference here
    :param detailed: whether it has parameters, which makes it more specific
    """

    kind: str
    subkind: str
    charset: str
    detailed: bool
    quality: float

    @property
    def specificity(self) -> int:
        """How closely it describes what it accepts."""
        return (self.kind != "*") + (self.subkind != "*") + (self.detailed and self.subkind != "*")

    def accepts(self, media_type: str) -> bool:
        """Tell whether a media type, always written in UTF-8, falls under it."""
        kind, _, subkind = media_type.partition("/")
        return self.kind in ("*", kind) and self.subkind in ("*", subkind) and self.charset in ("", "utf-8", "utf8")


@lru_cache(maxsize=256)
def ranges(header: str) -> tuple[Range, ...]:
    """Read an Accept header; elements that nobody can read count for nothing."""
    found = (_range(element) for element in ELEMENT.findall(header))
    return tuple(element for element in found if element)


def _range(text: str) -> Range | None:
    media_type, *rest = PART.findall(text) or [""]
    kind, slash, subkind = media_type.strip().lower().partition("/")
    if not slash or not TOKEN.fullmatch(kind) or not TOKEN.fullmatch(subkind) or (kind == "*" != subkind):
        return None
    parameters = {match[1].lower(): match[2].strip('"').lower() for part in rest if (match := PARAMETER.fullmatch(part))}
    quality = parameters.pop("q", "1")
    if not QUALITY.fullmatch(quality):
        return None
    return Range(kind, subkind, parameters.get("charset", ""), bool(parameters), float(quality))


def choose(header: str, offered: Offers) -> tuple[str, str] | None:
    """Choose what a client likes best.

    Higher q-values come first; at equal q-values what is named exactly, then what is named first, then what we
    like best.

    :param header: the Accept header; empty when there is none
    :return: key and the media type to call it by, or nothing when the client accepts none of the offers
    """
    wanted = ranges(header or NOTHING_SAID) or ranges(NOTHING_SAID)
    best: tuple[tuple[float, int, int], str, str] | None = None
    for key, media_types in offered:
        for media_type in media_types:
            rank = _rank(wanted, media_type)
            if rank[0] > 0 and (best is None or rank > best[0]):
                best = rank, key, media_type
    return best and (best[1], best[2])


def _rank(wanted: tuple[Range, ...], media_type: str) -> tuple[float, int, int]:
    """Return quality, specificity and (negative) place of the range that decides on a media type."""
    deciding = [(element.specificity, -place, element.quality) for place, element in enumerate(wanted) if element.accepts(media_type)]
    if not deciding:
        return 0, 0, 0
    specificity, place, found = max(deciding)
    return found, specificity, place


class Chosen(NamedTuple):
    """What a client wants of a SPARQL endpoint, for each form of answer: keys of :mod:`kg.serve.http.formats`.

    :param solutions: for rows; ``None`` when the client accepts no format of rows
    :param boolean: for a truth value
    :param graph: for a graph
    :param page: whether it would rather have a page for people
    :param content_types: media types that the engine gives, each with what it is to be called for this client
    """

    solutions: str | None
    boolean: str | None
    graph: str | None
    page: bool
    content_types: tuple[tuple[str, str], ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing that the endpoint can give is wanted."""
        return not (self.solutions or self.boolean or self.graph or self.page)


def _offers(formats: Mapping[str, Format[Any]]) -> Offers:
    return tuple((form.key, form.media_types) for form in formats.values())


ROWS_OFFERED = _offers(RESULTS)
GRAPHS_OFFERED = _offers(GRAPHS)
PAGE_OFFERED: Offers = ((PAGE, PAGE_TYPES),)


@lru_cache(maxsize=256)
def sparql_choice(header: str, wanted: str) -> Chosen:
    """Choose the formats of a SPARQL answer.

    :param header: the Accept header; empty when there is none
    :param wanted: what ``?format=`` says, which counts more than the header; empty when it is not given
    """
    if wanted:
        rows, graph = named(wanted, RESULTS), named(wanted, GRAPHS)
        return Chosen(rows, rows, graph, wanted.lower() in (PAGE, *PAGE_TYPES), ())
    of_rows, of_graphs = choose(header, ROWS_OFFERED), choose(header, GRAPHS_OFFERED)
    of_all = choose(header, ROWS_OFFERED + GRAPHS_OFFERED + PAGE_OFFERED)
    rows = of_rows[0] if of_rows else None
    content_types = tuple((_canonical(key), with_charset(name)) for key, name in filter(None, (of_rows, of_graphs)))
    return Chosen(rows, rows, of_graphs[0] if of_graphs else None, of_all is not None and of_all[0] == PAGE, content_types)


def _canonical(key: str) -> str:
    return with_charset((RESULTS.get(key) or GRAPHS[key]).media_types[0])


@lru_cache(maxsize=256)
def wants_gzip(header: str) -> bool:
    """Tell whether an Accept-Encoding header prefers gzip to no compression."""
    qualities: dict[str, float] = {}
    for element in header.lower().split(","):
        coding, *rest = element.split(";")
        match = next((found for part in rest if (found := PARAMETER.fullmatch(part)) and found[1] == "q"), None)
        value = match[2] if match else "1"
        qualities[coding.strip()] = float(value) if QUALITY.fullmatch(value) else 0
    wanted = max(qualities.get("gzip", 0), qualities.get("x-gzip", 0)) or ("gzip" not in qualities and qualities.get("*", 0)) or 0
    return wanted > 0 and wanted >= qualities.get("identity", 0)
