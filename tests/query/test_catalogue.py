"""Files of the query library: their headers, and every way in which they can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import QueryFileError, UsageError
from kg.query.catalogue import find, read_catalogue, read_query
from kg.terms import Terms

FIELDS = {
    "title": '"Agents"',
    "summary": '"Which agents?"',
    "tags": "[a, b]",
    "params": "[{name: receptor, type: 'term:MolecularTarget', default: SomatostatinReceptor2, help: a receptor}]",
    "columns": "[{name: agent, help: the agent}, {name: note, help: a note}]",
    "min-rows": "3",
}
BODY = "PREFIX net: <https://w3id.org/net-kg/>\nSELECT ?agent ?note { ?agent net:targets ?_receptor }\n"


def written(folder: Path, *, name: str = "agents", body: str = BODY, drop: str = "", **changes: str) -> Path:
    fields = FIELDS | {key.replace("_", "-"): value for key, value in changes.items()}
    fields.pop(drop, None)
    path = folder / f"{name}.rq"
    path.write_text("".join(f"#+ {key}: {value}\n" for key, value in fields.items()) + body, encoding="utf-8")
    return path


def test_a_file_becomes_a_query(tmp_path: Path) -> None:
    query = read_query(written(tmp_path))
    assert (query.name, query.title, query.summary, query.tags, query.min_rows) == ("agents", "Agents", "Which agents?", ("a", "b"), 3)
    assert query.columns == {"agent": "the agent", "note": "a note"}
    assert [(param.name, param.type, param.default, param.variable) for param in query.params] == [
        ("receptor", "term:MolecularTarget", "SomatostatinReceptor2", "?_receptor")
    ]
    assert query.sparql == BODY


def test_values_given_replace_defaults(tmp_path: Path, terms: Terms) -> None:
    query = read_query(written(tmp_path))
    assert "<https://w3id.org/net-kg/SomatostatinReceptor2>" in query.bound({}, terms)
    assert "<https://w3id.org/net-kg/SomatostatinReceptor5>" in query.bound({"receptor": "SomatostatinReceptor5"}, terms)


def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named(tmp_path: Path, terms: Terms) -> None:
    with pytest.raises(UsageError, match="no parameter 'grade'") as caught:
        read_query(written(tmp_path)).bound({"grade": "G1"}, terms)
    assert caught.value.hint == "parameters: receptor"


def test_a_query_without_parameters_says_so(tmp_path: Path, terms: Terms) -> None:
    query = read_query(written(tmp_path, params="[]", body="SELECT ?agent ?note {}\n"))
    with pytest.raises(UsageError, match="parameters: none"):
        query.bound({"x": "1"}, terms)


@pytest.mark.parametrize("field", FIELDS)
def test_each_missing_field_is_named(field: str, tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match=rf"missing: \['{field}'\]"):
        read_query(written(tmp_path, drop=field))


def test_an_unknown_field_is_named(tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match=r"unknown: \['titel'\]"):
        read_query(written(tmp_path, titel="x"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"params": "[{name: receptor, type: 'term:', default: x, help: h}]"}, "unknown type 'term:'"),
        ({"params": "[{name: receptor, type: color, default: x, help: h}]"}, "unknown type 'color'"),
        ({"params": "[{name: receptor, type: 'record:nothing', default: x, help: h}]"}, "unknown type 'record:nothing'"),
        ({"params": "[{name: receptor, type: text, help: h}]"}, "KeyError"),
        ({"params": "[{name: receptor, type: text, default: x}]"}, "KeyError"),
        ({"params": "[receptor]"}, "wrong form"),
        ({"params": "receptor"}, "wrong form"),
        ({"columns": "[agent, note]"}, "wrong form"),
        ({"columns": "[{name: agent}]"}, "KeyError"),
        ({"columns": ""}, "wrong form"),
        ({"tags": "3"}, "wrong form"),
        ({"min_rows": "many"}, "wrong form"),
        ({"title": '"unclosed'}, "not YAML"),
        ({"title": "a: b: c"}, "not YAML"),
        ({"params": "[]"}, r"differ: \['\?_receptor'\]"),
        ({"body": "SELECT ?agent { ?agent ?p ?o }\n"}, r"differ: \['\?_receptor'\]"),
        ({"body": "SELECT ?agent { ?agent ?_other ?_receptor }\n"}, r"differ: \['\?_other'\]"),
    ],
)
def test_a_wrong_header_is_refused_with_file_and_reason(changes: dict[str, str], message: str, tmp_path: Path) -> None:
    path = written(tmp_path, **changes)
    with pytest.raises(QueryFileError, match=message) as caught:
        read_query(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("header", ["", "#+ - a\n#+ - b\n", "#+ just text\n", "#+ 3\n"])
def test_a_header_that_is_no_list_of_fields_is_refused(header: str, tmp_path: Path) -> None:
    path = tmp_path / "a.rq"
    path.write_text(header + BODY, encoding="utf-8")
    with pytest.raises(QueryFileError):
        read_query(path)


@pytest.mark.parametrize("name", ["Agents", "agents_of", "agents of", "-agents", "agents-", "agents--of", "ägents"])
def test_a_name_is_made_of_lower_case_words_and_hyphens(name: str, tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match="lower-case words"):
        read_query(written(tmp_path, name=name))


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match="cannot be read"):
        read_query(tmp_path / "missing.rq")
    path = tmp_path / "latin.rq"
    path.write_bytes("#+ title: Ödem\n".encode("latin-1"))
    with pytest.raises(QueryFileError, match="cannot be read"):
        read_query(path)


def test_parameters_in_comments_and_strings_are_none(tmp_path: Path) -> None:
    query = read_query(written(tmp_path, body=BODY + "# ?_forgotten\n"))
    assert [param.name for param in query.params] == ["receptor"]


def test_a_catalogue_holds_every_query_and_ignores_other_files(tmp_path: Path) -> None:
    for name in ("b", "a", "a-2"):
        written(tmp_path, name=name)
    (tmp_path / "README.md").write_text("no query", encoding="utf-8")
    assert sorted(read_catalogue(tmp_path)) == ["a", "a-2", "b"]
    assert read_catalogue(tmp_path / "nowhere") == {}


def test_one_query_is_found_by_name_without_reading_the_others(tmp_path: Path) -> None:
    written(tmp_path, name="agents-by-receptor")
    written(tmp_path, name="broken", drop="title")
    assert find(tmp_path, "agents-by-receptor").name == "agents-by-receptor"
    with pytest.raises(QueryFileError):
        find(tmp_path, "broken")


@pytest.mark.parametrize(
    ("name", "hint"),
    [("agent-by-receptors", "did you mean agents-by-receptor"), ("zzz", "netkg queries"), ("../agents-by-receptor", "did you mean"), ("", "netkg queries")],
)
def test_an_unknown_name_brings_near_ones(name: str, hint: str, tmp_path: Path) -> None:
    written(tmp_path, name="agents-by-receptor")
    with pytest.raises(UsageError, match=hint):
        find(tmp_path, name)
