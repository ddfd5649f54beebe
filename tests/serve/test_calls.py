"""The list of what workers can be asked."""

from __future__ import annotations

import inspect

import pytest

from kg.serve.calls import CALLS, call


@pytest.mark.parametrize("name", sorted(CALLS))
def test_each_call_is_there_and_takes_a_graph_and_arguments(name: str) -> None:
    first, second = inspect.signature(call(name)).parameters
    assert first == "graph"
    assert second.lstrip("_") == "arguments"


def test_an_unknown_call_is_refused() -> None:
    with pytest.raises(KeyError):
        call("os.system")
