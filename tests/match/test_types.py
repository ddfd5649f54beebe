"""What one thing can be at once."""

from __future__ import annotations

import pytest

from kg.match.types import TypeSpace
from kg.prefixes import NET


def names(types: TypeSpace, *classes: str) -> list[set[str]]:
    return [{iri.removeprefix(NET) for iri in one} for one in types.types(NET + name for name in classes)]


def test_a_class_brings_its_superclasses(types: TypeSpace) -> None:
    (one,) = names(types, "Ileum")
    assert {"Ileum", "SmallIntestine", "GastrointestinalTractSite", "GastroenteropancreaticSite", "DigestiveSystemSite", "AnatomicalSite", "MidgutSite"} <= one


def test_a_member_of_a_named_union_is_one_of_its_parts(types: TypeSpace) -> None:
    parts = {"Appendix", "AscendingColon", "Caecum", "Ileum", "Jejunum"}
    assert sorted(len(one & parts) for one in names(types, "MidgutSite")) == [1, 1, 1, 1, 1]


def test_a_class_that_is_no_union_need_not_be_one_of_its_parts(types: TypeSpace) -> None:
    (one,) = names(types, "SmallIntestine")
    assert not one & {"Duodenum", "Jejunum", "Ileum", "Ampulla"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pancreas", "Lung"),
        ("NeuroendocrineTumour", "NeuroendocrineCarcinoma"),
        ("PancreaticNET", "GastricNET"),  # by their single primary location
        ("NETG1", "NETG2"),  # by their single grade
        ("FunctioningNET", "NonFunctioningNET"),
        ("MidgutSite", "Pancreas"),
        ("Insulinoma", "PulmonaryNET"),
    ],
)
def test_what_excludes_each_other_has_no_type(types: TypeSpace, one: str, other: str) -> None:
    assert names(types, one, other) == []


@pytest.mark.parametrize(
    ("classes", "follows"),
    [
        (("Gastrinoma", "PancreaticNET"), "PancreaticGastrinoma"),
        (("NETG2", "RectalNET"), "RectalNETG2"),
        (("SmallCellNEC", "PulmonaryLargeCellNEC"), None),
        (("Insulinoma",), "FunctioningPancreaticNET"),
        (("TypicalCarcinoid", "PulmonaryNET"), "PulmonaryTypicalCarcinoid"),
    ],
)
def test_definitions_that_are_fulfilled_are_added(types: TypeSpace, classes: tuple[str, ...], follows: str | None) -> None:
    found = names(types, *classes)
    if follows is None:
        assert found == []
    else:
        assert found
        assert all(follows in one for one in found)
