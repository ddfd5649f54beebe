"""The W3C's Graph Store Protocol tests over a real connection."""

from __future__ import annotations

import pytest

from tests.conformance.checks import graph_store_faults
from tests.conformance.client import Endpoint
from tests.conformance.graph_store import TESTS


@pytest.mark.parametrize("name", TESTS)
def test_graph_store(name: str, writable: Endpoint) -> None:
    assert graph_store_faults(writable, TESTS[name]) == []
