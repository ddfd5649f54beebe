"""The tree of errors: what its docstring draws is what there is, and each message says where and what next."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pytest

import kg
from kg import errors
from kg.errors import DataError, NetKGError, QueryError, SurroundingsError, UnknownTermError, UsageError

ALL = [found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, NetKGError)]


def drawn() -> Iterator[tuple[int, str, int | None]]:
    """Yield depth, name and exit status of each error that the module's docstring draws."""
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"    ((?:│   |    )*)(?:[├└]── )?([A-Z]\w+)(?:\s.*?)?(?:exit (\d))?$", line):
            depth = len(match[1]) // 4 + ("──" in line)
            yield depth, match[2], int(match[3]) if match[3] else None


def test_the_drawn_tree_is_the_tree_of_the_classes() -> None:
    above: dict[int, str] = {}
    found = {}
    for depth, name, _ in drawn():
        above[depth] = name
        found[name] = above.get(depth - 1, "Exception")
    assert found == {error.__name__: error.__mro__[1].__name__ for error in ALL}


def test_the_drawn_exit_statuses_are_those_of_the_classes() -> None:
    statuses = {name: status for _, name, status in drawn() if status is not None}
    assert statuses == {"UsageError": 2, "DataError": 1, "QueryError": 2, "UnknownTermError": 2, "SurroundingsError": 3}
    assert {name: getattr(errors, name).exit_status for name in statuses} == statuses


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_the_exit_status_is_that_of_the_kind(error: type[NetKGError]) -> None:
    kinds = {UsageError: 2, QueryError: 2, UnknownTermError: 2, SurroundingsError: 3, DataError: 1, NetKGError: 1}
    assert error.exit_status == next(status for kind, status in kinds.items() if issubclass(error, kind))
    assert error.__doc__


def test_every_error_has_its_own_code_that_can_be_searched_for() -> None:
    codes = [error.code for error in ALL]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[A-Z][A-Z-]+", code) for code in codes)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NetKGError("it is wrong"), "it is wrong [NETKG]"),
        (DataError("it is wrong", where="a.tsv:3"), "a.tsv:3: it is wrong [DATA]"),
        (UsageError("it is wrong", hint="do this"), "it is wrong [USAGE]\n  hint: do this"),
        (SurroundingsError("it is wrong", where="/disk", hint="do this"), "/disk: it is wrong [ENVIRONMENT]\n  hint: do this"),
    ],
)
def test_a_message_says_where_what_code_and_what_next(error: NetKGError, text: str) -> None:
    assert str(error) == text
    assert error.args == ("it is wrong",)


def test_one_clause_catches_them_all() -> None:
    assert kg.NetKGError is NetKGError
    for error in ALL:
        with pytest.raises(NetKGError, match="it is wrong"):
            raise error("it is wrong")
