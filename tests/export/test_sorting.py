"""Sorting beyond memory agrees with sorting in memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.export import sorting

LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=4).map(lambda text: text + "\n"), max_size=30)


@given(lines=LINES, run=st.integers(1, 8))
def test_any_lines_in_any_runs(lines: list[str], run: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "RUN", run)
        assert list(sorting.sorted_lines(iter(lines))) == sorted(set(lines))


def test_nothing_gives_nothing() -> None:
    assert list(sorting.sorted_lines([])) == []
