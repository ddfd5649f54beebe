"""The documents that are cited, for reference managers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.export.loss import Losses
from kg.export.source import Source
from kg.files import write_whole
from kg.prefixes import NET, PREFIXES
from kg.store import Term, select

KINDS = {
    "TrialPublication": "article-journal",
    "CohortStudyPublication": "article-journal",
    "ReviewArticle": "article-journal",
    "ConferenceAbstract": "paper-conference",
    "Guideline": "report",
    "ConsensusStatement": "report",
    "EvidenceSummary": "report",
    "ClassificationDocument": "report",
    "DrugLabel": "document",
    "RegulatoryDocument": "document",
    "RegistryRecord": "webpage",
    "WebPage": "webpage",
}
"""Kind of document → type in CSL."""
BIBTEX_TYPES = {"article-journal": "article", "paper-conference": "inproceedings", "report": "techreport"}


_QUERY = f"""
PREFIX net: <{NET}> PREFIX rdfs: <{PREFIXES["rdfs"]}> PREFIX owl: <{PREFIXES["owl"]}>
SELECT ?document ?label ?kind ?organisation ?issued ?doi ?pubmed ?url ?edition WHERE {{
  GRAPH <{NET}graph/data/documents> {{ ?document a ?kind ; rdfs:label ?label FILTER(?kind != owl:NamedIndividual) }}
  OPTIONAL {{ ?document net:organisation ?organisation }} OPTIONAL {{ ?document net:issued ?issued }}
  OPTIONAL {{ ?document net:doi ?doi }} OPTIONAL {{ ?document net:pubmed ?pubmed }}
  OPTIONAL {{ ?document net:webAddress ?url }} OPTIONAL {{ ?document net:edition ?edition }}
}}"""


@dataclass(frozen=True, slots=True)
class Citation:
    """One document; empty where the graph says nothing.

    :param key: its name in the graph, by which it is cited
    :param type: in CSL's words
    :param issued: year, year and month, or a date
    """

    key: str
    type: str
    title: str
    organisation: str
    issued: str
    doi: str
    pmid: str
    url: str
    edition: str


def citations(source: Source) -> list[Citation]:
    """Return the documents of the graph, sorted by key."""
    found: dict[str, Citation] = {}
    for row in select(source.graph.store, _QUERY):
        document, label, kind, *rest = (_text(cell) for cell in row)
        key = document.removeprefix(f"{NET}document/")
        organisation, issued, doi, pmid, url, edition = rest
        title = re.sub(r" \[[^\[\]]+\]$", "", label)  # the key that makes labels unique
        doi, pmid = doi.removeprefix(PREFIXES["DOI"]), pmid.removeprefix(PREFIXES["PMID"])
        entry = Citation(key, KINDS.get(kind.removeprefix(NET), "document"), title, organisation, issued, doi, pmid, url, edition)
        found[key] = min(found.get(key, entry), entry, key=lambda one: one.url)
    return [found[key] for key in sorted(found)]


def csl(source: Source, path: Path, _losses: Losses) -> None:
    """Write a list of CSL-JSON items."""
    items = [_csl(entry) for entry in citations(source)]
    write_whole(path, [json.dumps(items, ensure_ascii=False, indent=1) + "\n"])


def bibtex(source: Source, path: Path, _losses: Losses) -> None:
    """Write BibTeX entries in UTF-8, one field per line."""
    write_whole(path, (_bibtex(entry) for entry in citations(source)))


def _text(cell: Term | None) -> str:
    return cell.value if isinstance(cell, ox.NamedNode | ox.Literal) else ""


def _csl(entry: Citation) -> dict[str, object]:
    item: dict[str, object] = {"id": entry.key, "type": entry.type, "title": entry.title}
    where = "container-title" if entry.type == "article-journal" else "publisher"
    fields = {where: entry.organisation, "DOI": entry.doi, "PMID": entry.pmid, "URL": entry.url, "edition": entry.edition}
    if entry.issued:
        item["issued"] = {"date-parts": [[int(part) for part in entry.issued.split("-")]]}
    return item | {name: value for name, value in fields.items() if value}


def _bibtex(entry: Citation) -> str:
    kind = BIBTEX_TYPES.get(entry.type, "misc")
    where = {"article": "journal", "inproceedings": "organization", "techreport": "institution", "misc": "howpublished"}[kind]
    year, _, month = entry.issued.partition("-")
    fields = {"title": "{" + _escaped(entry.title) + "}", where: _escaped(entry.organisation), "year": year, "month": month.partition("-")[0]}
    fields |= {"doi": entry.doi, "pmid": entry.pmid, "url": entry.url, "edition": _escaped(entry.edition)}
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@{kind}{{{entry.key},\n{''.join(lines)}}}\n\n"


def _escaped(text: str) -> str:
    """Return text in which nothing is a command of TeX."""
    return re.sub(r"([&%$#_{}])", r"\\\1", text.replace("\\", r"\textbackslash ")).replace("~", r"\textasciitilde ").replace("^", r"\textasciicircum ")
