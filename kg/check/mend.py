"""How to mend what is wrong: findings in the words of somebody who fills in tables."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.build import read_inputs
from kg.check.rules import Finding, all_rules, is_shown
from kg.check.run import check
from kg.errors import DataError
from kg.load.columns import Accession, Axiom, Choice, Column, Integer, Key, Number, PartialDate, RecordRef, Reference, Scope, TermRef, Url, YesNo
from kg.load.load import Loaded
from kg.load.mappings import MAPPINGS
from kg.load.report import Problem
from kg.load.tables import BY_NAME
from kg.prefixes import NET, expand
from kg.settings import Sources
from kg.terms import Terms

LANGUAGE = "docs/curating.md"
NEAR = 3


@dataclass(frozen=True, slots=True)
class Mending:
    """One finding, explained.

    :param where: file and line
    :param column: of a table, else empty
    :param value: what stands there
    :param wrong: what is wrong with it
    :param allowed: what could stand there
    :param mend: what to do
    :param level: how serious it is; see :data:`kg.check.rules.LEVELS`
    """

    where: str
    column: str
    value: str
    wrong: str
    allowed: str
    mend: str
    level: str = "ERROR"


_SHAPE = (
    (r"\d+ cells", "count the tabs of the line: an empty cell needs its tab too, and a value must not hold one"),
    (r"not UTF-8", "save the file as UTF-8"),
    (r"the file begins with a byte order mark", "save the file as UTF-8 without a byte order mark"),
    (r"carriage return", "save the file with line feeds alone (Unix line ends)"),
    (r"the last line does not end", "look whether the last row is complete, then end it with a line feed"),
    (r"the table cannot be read", "restore the file from version control, or mend its permissions"),
    (r"column .* is (missing|not known)|a column stands twice|the columns stand in another order|wrong header", "restore the header line as it is given above"),
    (r"no such table is declared", "move the file away, or declare the table in kg/load/tables.py"),
    (r"blank at the beginning or end", "remove the blank"),
    (r"control character|character that XML does not have", "type the cell again; the character came with a copy from a web page"),
    (r"the cell is empty but the column is required", "fill it in from the source; when the source does not say it, the row cannot be loaded yet"),
    (r"empty value in the list|a value stands twice in the list", "write each value once, with ' | ' between two"),
    (r"duplicate key", "give one of the rows another key; a released key stays with its row"),
    (r"the row refers to itself", "name another row, or leave the cell empty"),
    (r"reversed interval", "look at the source again: the lower end goes first, and the estimate lies between the ends"),
    (r".*is already an exact match", "keep one exact match; turn the other into skos:closeMatch, or remove it"),
    (r"not the label of the subject", "copy the label above, or name another subject"),
    (r"unknown kind", "choose one of the kinds above"),
)
"""What is wrong with a cell of any column → what to do."""

_BY_COLUMN: dict[type[Column], str] = {
    Key: "use letters, digits, dots and hyphens only; a released key is never used again",
    TermRef: "write the local name or label of a term; one that is missing is added to the ontology first, with definition and source",
    Choice: "copy one of the codes above; a new code is added to the ontology first",
    Scope: f"write it as {LANGUAGE} explains; what the features cannot say goes into population_note",
    Number: "write the digits alone; what is no number, such as 'not reached', goes into a column for text or the note",
    Integer: "write the digits alone",
    YesNo: "write yes or no; leave the cell empty when it is not known",
    PartialDate: "write as much of the date as the source gives: year, year and month, or the day",
    Url: "copy the whole address of the page, or leave the cell empty",
    Accession: "write the bare identifier, without prefix or web address",
    Axiom: "write three local names; netkg show TERM lists the relations of a term",
}


def mendings(sources: Sources, least: str = "WARN") -> Iterator[Mending]:
    """Check everything, and yield each finding explained; see :func:`kg.check.run.check`.

    :param least: level of findings that are not left out
    :raises ReasonerError: when HermiT cannot be run
    """
    try:
        inputs = read_inputs(sources, lenient=True)
    except DataError:
        inputs = None  # the check says what is wrong
    for finding in check(sources, inputs):
        if not is_shown(finding.level, least):
            continue
        yield mending(finding, inputs.loaded if inputs else None, inputs.terms if inputs else None, sources)


def mending(finding: Finding, loaded: Loaded | None, terms: Terms | None, sources: Sources) -> Mending:
    """Explain a finding.

    :param loaded: what the tables hold; nothing when they could not be read
    """
    if finding.problem and loaded and terms:
        return mending_of_cell(finding.problem, loaded, terms)
    rule = all_rules()[finding.rule]
    wrong = finding.rule + (f": {finding.detail}" if finding.detail else "")
    return Mending(_place(finding, loaded, sources), "", finding.entity, wrong, rule.text, rule.mend, finding.level)


def mending_of_cell(problem: Problem, loaded: Loaded, terms: Terms) -> Mending:
    """Explain what is wrong with a cell or file."""
    table = BY_NAME.get(Path(problem.file).stem)
    column = next((column for column in table.columns if column.name == problem.column), None) if table else None
    allowed, near = problem.allowed, ""
    mend = next((text for pattern, text in _SHAPE if re.match(pattern, problem.message)), "")
    if not mend and column:
        mend = _BY_COLUMN.get(type(column), "")
        if isinstance(column, TermRef) and allowed.startswith(("did you mean", "search with")):
            allowed, near = "", allowed
        allowed = allowed or _allowed(column, loaded, terms, problem.message)
        near = near or _near(column, problem, terms)
    if not mend and problem.file.endswith(MAPPINGS):
        mend = "copy the identifier from the page of the vocabulary; see the other rows of the table for its form"
    if isinstance(column, Reference | RecordRef) and problem.message.startswith("no such row"):
        mend = _missing_row(problem, loaded)
    return Mending(f"{shown_path(problem.file)}:{problem.line}", problem.column, problem.value, problem.message, allowed, " ".join(filter(None, (near, mend))))


def shown_path(file: str) -> str:
    """Return a path as people type it: from here, where that is shorter."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def _allowed(column: Column, loaded: Loaded, terms: Terms, message: str) -> str:
    match column:
        case Reference(table=name):
            return f"the id of a row of {name}.tsv ({len(loaded.rows.get(name, ()))} rows)"
        case TermRef(roots=roots) if roots:
            return f"a kind of {' or '.join(terms.labels.get(NET + root, root) for root in roots)}"
        case Scope():
            feature = next((feature for feature in terms.features.values() if message.startswith(f"{feature.key}:")), None)
            if feature is None:
                return "feature=value; feature=value, with | for any of these values, OR between alternatives, absent=… for what is not there, or any"
            return "" if feature.range in terms.codes else f"{feature.key}: {_feature_values(feature.range, feature.unit, terms)}"
    return ""


def _feature_values(value_range: str, unit: str, terms: Terms) -> str:
    if value_range in terms.labels and value_range.startswith(NET):
        return f"a kind of {terms.labels[value_range]}"
    return f"a number ({unit}) as 5, <3, >=2, 3..20, or (2..20] where an end does not belong" if unit else "a number as 5, <3, >=2, or 3..20"


def _near(column: Column, problem: Problem, terms: Terms) -> str:
    """Return what was perhaps meant."""
    names: list[str] = []
    value = problem.value
    match column:
        case Choice(of=of):
            names = sorted(terms.choices(of))
        case Scope():
            quoted = re.search(r"(?:^(\w+): )?.*?'([^']*)'", problem.message)
            value = quoted[2] if quoted else ""
            key = quoted[1] if quoted and quoted[1] else ""
            names = sorted(terms.codes.get(terms.features[key].range, {})) if key in terms.features else [*terms.features, "absent"]
    found = difflib.get_close_matches(value, names, n=NEAR, cutoff=0.7)
    return f"did you mean {' or '.join(found)}?" if found else ""


def _missing_row(problem: Problem, loaded: Loaded) -> str:
    """Return what to do about a reference: the row may be there and wrong itself."""
    name = problem.message.removeprefix("no such row in ").removesuffix(".tsv")
    key = problem.value.partition(":")[2] if ":" in problem.value else problem.value
    file = str(Path(problem.file).with_name(f"{name}.tsv"))
    for line, found in lines_of(Path(file)):
        if found == key:
            return f"the row stands in {shown_path(file)}:{line} but is wrong itself: mend it first"
    ids = [row.id for row in loaded.rows.get(name, ())]
    near = difflib.get_close_matches(key, ids, n=NEAR, cutoff=0.5)
    return (f"did you mean {' or '.join(near)}? Else " if near else "") + f"add the row to {shown_path(file)} first"


def lines_of(path: Path) -> list[tuple[int, str]]:
    """Return line and key of each row of a table, as far as the file can be read."""
    try:
        lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    except OSError:
        return []
    header = lines[0].split("\t")
    place = header.index("id") if "id" in header else 0
    return [(number, cells[place]) for number, line in enumerate(lines[1:], start=2) if len(cells := line.split("\t")) > place and line]


def _place(finding: Finding, loaded: Loaded | None, sources: Sources) -> str:
    """Return file and line of what a finding is about."""
    if finding.rule == "query":
        path = sources.queries / f"{finding.entity}.rq"
        return shown_path(str(path)) if path.is_file() else finding.entity
    local = finding.entity.removeprefix(NET).removeprefix("net:")
    path_part, _, key = local.partition("/")
    for table in BY_NAME.values():
        if key and table.path == path_part and loaded:
            line = next((row.line for row in loaded.rows.get(table.name, ()) if row.id == key), 0)
            return f"{shown_path(str(sources.data / table.name))}.tsv:{line}"
    try:
        return _line_in_ontology(expand(finding.entity), sources)
    except ValueError:
        return _line_in_ontology(finding.entity, sources) if finding.entity.startswith(NET) else shown_path(finding.entity)


def _line_in_ontology(iri: str, sources: Sources) -> str:
    try:
        lines = sources.ontology.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        lines = []
    line = next((number for number, text in enumerate(lines, start=1) if f'rdf:about="{iri}"' in text), 0)
    return shown_path(str(sources.ontology)) + (f":{line}" if line else "")
