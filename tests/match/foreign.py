"""What the tests of other formats share: readers at hand, documents, and ways to change a document at one place."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from kg.errors import CaseError
from kg.load.mappings import MAPPINGS, read_mappings
from kg.load.report import Report
from kg.match.presentation import Presentation
from kg.match.tree import below, shape
from kg.match.vocabulary import Vocabulary
from kg.model.population import Absent, OneOf
from kg.prefixes import NET
from kg.settings import Sources
from kg.terms import Terms

DOCUMENTS = Path(__file__).parent / "documents"

Steps = tuple[str | int, ...]
Read = Callable[[Any], Presentation]


def real_vocabulary(sources: Sources, terms: Terms) -> Vocabulary:
    """Return the vocabulary of the real mapping table."""
    return Vocabulary.from_triples(read_mappings(sources.data / MAPPINGS, terms, Report()))


def document(name: str) -> Any:
    """Return an example document."""
    return json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))


def said(presentation: Presentation) -> dict[str, list[str]]:
    """Return the facts in short: feature → values, ``no X`` for what is absent, or intervals."""
    found: dict[str, list[str]] = {}
    for fact in presentation.facts:
        match fact.criterion:
            case OneOf(feature, values):
                text = " | ".join(value.removeprefix(NET) for value in values)
            case Absent(feature, value):
                text = f"no {value.removeprefix(NET)}"
            case within:
                feature, text = within.feature, str(within.interval)
        found.setdefault(feature.key, []).append(text)
    return found


def reasons(presentation: Presentation) -> dict[str, str]:
    """Return path → reason of what was not used."""
    return {item.path: item.reason for item in presentation.unused}


def values(tree: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Yield the way to every value of a document, the inner ones after the outer."""
    yield steps
    if isinstance(tree, dict):
        for key, member in tree.items():
            yield from values(member, (*steps, key))
    elif isinstance(tree, list):
        for number, member in enumerate(tree):
            yield from values(member, (*steps, number))


def at(tree: Any, steps: Steps) -> Any:
    """Return the value at the end of a way."""
    for step in steps:
        tree = tree[step]
    return tree


def changed(tree: Any, steps: Steps, value: Any) -> Any:
    """Return a copy of a document with another value in one place; ``...`` takes it away."""
    if not steps:
        return value
    tree = copy.deepcopy(tree)
    holder = at(tree, steps[:-1])
    if value is ...:
        del holder[steps[-1]]
    else:
        holder[steps[-1]] = value
    return tree


def path_of(steps: Steps) -> str:
    """Return the path of a way, as facts and messages name it."""
    path = ""
    for step in steps:
        path = below(path, step)
    return path


def leaves(tree: Any) -> list[Steps]:
    """Return the ways to the values that hold no others."""
    return [steps for steps in values(tree) if not isinstance(at(tree, steps), dict | list)]


def unaccounted(tree: Any, read: Read, structural: re.Pattern[str], decides: re.Pattern[str]) -> list[str]:
    """Return the paths of the values that are neither structural nor reported, and whose change changes nothing.

    :param decides: shapes of paths whose value is read, and whose change need not show
    """
    before = read(tree)
    reported = [item.path for item in before.unused]
    lost = []
    for steps in leaves(tree):
        path = path_of(steps)
        known = any(structural.fullmatch(shape(above)) for above in (path_of(steps[:size]) for size in range(1, len(steps) + 1)))
        if known or decides.fullmatch(shape(path)) or any(path == place or path.startswith((f"{place}.", f"{place}[")) for place in reported):
            continue
        if same(read, changed(tree, steps, another(at(tree, steps))), before):
            lost.append(path)
    return lost


def another(value: Any) -> Any:
    """Return another value of the same sort."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"another {value}"


def same(read: Read, tree: Any, before: Presentation) -> bool:
    """Return whether a document gives the same facts and reports as before."""
    try:
        return read(tree) == before
    except CaseError:
        return False


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.decimals()
    | st.sampled_from(
        [
            "",
            " ",
            "\0",
            "\u202e",
            "NCIT:C45835",
            "net:Pancreas",
            "net:",
            "http://",
            "G2",
            "<",
            "P1Y",
            "Patient/p1",
            "#m1",
            "unknown",
            "x" * 5000,
            10**400,
            -1,
            b"bytes",
            {1},
        ]
    )
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3), max_leaves=8
)
"""Values that a document should or should not hold."""


def nested(depth: int) -> Any:
    """Return lists and objects in each other."""
    inner: Any = "deep"
    for number in range(depth):
        inner = [inner] if number % 2 else {"value": inner}
    return inner


@st.composite
def broken(draw: st.DrawFn, tree: Any) -> Any:
    """Return a document that differs from a sound one in up to three places."""
    for _ in range(draw(st.integers(1, 3))):
        steps = draw(st.sampled_from(list(values(tree))))
        new = draw(st.one_of(st.just(...), ANYTHING, st.sampled_from([at(tree, way) for way in values(tree)])))
        tree = changed(tree, steps, new if steps or new is not ... else {})
    return tree


def reads_or_refuses(read: Read, tree: Any, where: str) -> None:
    """Show that a document is read or refused, and in no other way."""
    try:
        found = read(tree)
    except CaseError as error:
        refused = error
    else:
        assert isinstance(found, Presentation)
        assert all(len(fact.text) <= 200 for fact in found.facts)
        assert all(item.reason for item in found.unused)
        return
    assert refused.where.startswith(where)
    assert refused.message


EXTREME = [
    {},
    [],
    None,
    "text",
    7,
    nested(99),
    nested(5000),
    {"id": float("nan")},
    {"id": Decimal("Infinity")},
    {"id": Decimal("sNaN")},
    {"id": Decimal("1E+999999")},
    {"id": object()},
    {3: 4},
]
