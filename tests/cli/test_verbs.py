"""Each verb of the command line, in this process."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

import kg
from kg.check.rules import Finding, all_rules
from kg.cli.main import VERBS, netkg
from kg.errors import NetKGError, QueryError, StoreError, UnknownTermError, UsageError
from kg.graph import NOTICE
from kg.settings import Sources
from kg.store import graph_counts
from tests.small import replace_cell

Run = Callable[..., Result]
AGENTS = ("query", "agents-targeting-receptor", "-p", "receptor=SomatostatinReceptor2")


@pytest.fixture
def run(graph: kg.Graph, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a verb on the real graph; errors of ours come out as they are."""
    monkeypatch.setenv("NETKG_STORE", graph.store.location)
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *arguments, **options: CliRunner().invoke(netkg, list(arguments), catch_exceptions=False, **options)


def output(result: Result) -> str:
    assert result.exit_code == 0
    assert result.stderr == ""
    return result.stdout


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_each_verb_explains_itself(verb: str, run: Run) -> None:
    text = output(run(verb, "--help"))
    assert text.startswith(f"Usage: netkg {verb}")
    assert len(text.splitlines()) >= 6
    assert output(run(verb, "-h")) == text


def test_the_command_lists_its_verbs_exit_codes_and_first_steps(run: Run) -> None:
    text = output(run("--help"))
    assert all(f"\n  {verb} " in text for verb in VERBS)
    assert "netkg build" in text
    assert "3 environment" in " ".join(text.split())
    assert output(run("--version")) == f"netkg, version {kg.__version__}\n"


def test_an_unknown_verb_is_a_usage_error(run: Run) -> None:
    result = run("bild")
    assert result.exit_code == 2
    assert "No such command" in result.stderr


def test_csv_can_be_read_back_and_shows_labels_beside_identifiers(run: Run, graph: kg.Graph) -> None:
    rows = list(csv.DictReader(io.StringIO(output(run(*AGENTS, "-f", "csv")))))
    assert rows == [
        {key: value or "" for key, value in row.items()} for row in graph.query("agents-targeting-receptor", receptor="SomatostatinReceptor2").records()
    ]
    assert {row["agent_label"] for row in rows if row["agent"] == "net:Lutetium177Dotatate"} == {"177Lu-dotatate"}


def test_tsv_has_the_cells_of_csv(run: Run) -> None:
    comma = list(csv.reader(io.StringIO(output(run(*AGENTS, "-f", "csv")))))
    tab = list(csv.reader(io.StringIO(output(run(*AGENTS, "-f", "tsv"))), delimiter="\t"))
    assert comma == tab


def test_json_carries_title_notice_columns_and_rows(run: Run, graph: kg.Graph) -> None:
    document = json.loads(output(run(*AGENTS, "-f", "json")))
    assert document["title"] == "Agents that act on a receptor"
    assert document["notice"] == NOTICE
    assert document["columns"] == ["agent", "action", "receptor", "radionuclide"]
    assert document["rows"] == graph.query("agents-targeting-receptor", receptor="SomatostatinReceptor2").records()


def test_markdown_is_a_table_with_one_line_per_row(run: Run, graph: kg.Graph) -> None:
    lines = output(run(*AGENTS, "-f", "markdown")).splitlines()
    assert lines[:4] == ["## Agents that act on a receptor", "", "| agent | action | receptor | radionuclide |", "| --- | --- | --- | --- |"]
    rows = [line for line in lines[4:] if line.startswith("|")]
    assert len(rows) == len(graph.query("agents-targeting-receptor", receptor="SomatostatinReceptor2"))
    assert NOTICE in lines[-1]


def test_markdown_escapes_what_would_break_a_cell(run: Run) -> None:
    text = output(run("sparql", 'SELECT ("a|b\\\\c\\nd" AS ?x) {}', "-f", "markdown"))
    assert "| a\\|b\\\\c d |" in text


def test_a_table_shows_label_identifier_count_and_notice(run: Run) -> None:
    text = output(run(*AGENTS))
    assert "177Lu-dotatate (net:Lutetium177Dotatate)" in " ".join(text.replace("│", " ").split())
    assert NOTICE in text


def test_a_wide_answer_is_a_list_of_entries_with_every_value(run: Run, graph: kg.Graph) -> None:
    text = output(run("query", "therapies-for-inoperable-sstr-positive"))
    flat = " ".join(text.split())
    records = graph.query("therapies-for-inoperable-sstr-positive").records()
    assert all(" ".join(str(row["gist"]).split()) in flat for row in records)
    assert f"{len(records)} rows. {NOTICE}" in flat


def test_an_empty_answer_is_still_an_answer(run: Run) -> None:
    question = "SELECT ?a { ?a <http://example.org/p> ?b }"
    assert output(run("sparql", question, "-f", "csv")) == "a\n"
    assert json.loads(output(run("sparql", question, "-f", "json")))["rows"] == []
    assert "0 rows" in output(run("sparql", question))


def test_the_text_of_a_stored_query_can_be_seen_and_run_as_sparql(run: Run) -> None:
    text = output(run(*AGENTS, "--show-sparql"))
    assert "<https://w3id.org/net-kg/SomatostatinReceptor2>" in text
    assert "?_receptor" not in text
    assert output(run("sparql", text, "-f", "csv")) == output(run(*AGENTS, "-f", "csv"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("query", "agents-targetting-receptor"), "did you mean agents-targeting-receptor"),
        (("query", "agents-targeting-receptor", "-p", "receptor"), "not of the form KEY=VALUE"),
        (("query", "agents-targeting-receptor", "-p", "=x"), "not of the form KEY=VALUE"),
        (("query", "agents-targeting-receptor", "-p", "receptor=a", "-p", "receptor=b"), "given twice"),
        (("query", "agents-targeting-receptor", "-p", "receptr=a"), "has no parameter 'receptr'"),
        (("query", "agents-targeting-receptor", "-p", "receptor=Pancreas"), "is not a kind of"),
        (("query", "agents-targeting-receptor", "-p", "receptor=somatostatin receptr 2"), "did you mean somatostatin receptor 2"),
        (("queries", "agents-targetting-receptor"), "did you mean agents-targeting-receptor"),
    ],
)
def test_a_wrong_question_is_a_usage_error_that_helps(arguments: tuple[str, ...], message: str, run: Run) -> None:
    with pytest.raises(UsageError) as caught:
        run(*arguments)
    assert message in str(caught.value)
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("text", ["SELEKT ?a {}", "SELECT ?a { ?a", "DROP ALL"])
def test_bad_sparql_is_a_query_error(text: str, run: Run) -> None:
    with pytest.raises(QueryError) as caught:
        run("sparql", text)
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("arguments", [AGENTS, ("show", "everolimus"), ("info",), ("export", "nq"), ("sparql", "ASK {}")])
def test_without_a_graph_the_error_says_how_to_build_one(arguments: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="netkg build") as caught:
        run(*arguments, "--store", str(tmp_path / "none"))
    assert caught.value.exit_status == 3


def test_output_goes_to_a_file_and_only_there(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "agents.csv"
    expected = output(run(*AGENTS, "-f", "csv"))
    assert output(run(*AGENTS, "-f", "csv", "-o", str(target))) == ""
    assert target.read_text(encoding="utf-8") == expected
    assert [path.name for path in tmp_path.iterdir()] == ["agents.csv"]


def test_a_file_written_is_as_readable_as_any_other(run: Run, tmp_path: Path) -> None:
    target, other = tmp_path / "agents.csv", tmp_path / "other"
    other.touch()
    run(*AGENTS, "-f", "csv", "-o", str(target))
    assert target.stat().st_mode == other.stat().st_mode


def test_a_failing_query_leaves_the_old_file(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "old.csv"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(QueryError):
        run("sparql", "SELECT", "-o", str(target))
    assert target.read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("arguments", [AGENTS, ("export", "nq")])
def test_a_failing_write_leaves_the_old_file_and_nothing_else(arguments: tuple[str, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "old.csv"
    target.write_text("old", encoding="utf-8")

    def full(self: Path, _target: Path) -> Path:
        raise OSError(28, os.strerror(28), str(self))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(NetKGError, match="No space left") as caught:
        run(*arguments, "-o", str(target))
    assert caught.value.exit_status == 3
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]


def test_a_folder_that_does_not_exist_is_an_error_of_the_surroundings(run: Run, tmp_path: Path) -> None:
    for arguments in (AGENTS, ("export", "nq")):
        with pytest.raises(NetKGError, match="cannot be written: No such file") as caught:
            run(*arguments, "-o", str(tmp_path / "none" / "x"))
        assert caught.value.exit_status == 3


@pytest.mark.parametrize(("question", "answer"), [("ASK { net:Everolimus a owl:Class }", "true\n"), ("ASK { net:Everolimus a owl:Thing2 }", "false\n")])
def test_ask_prints_true_or_false(question: str, answer: str, run: Run) -> None:
    assert output(run("sparql", question)) == answer


def test_construct_prints_turtle_with_short_names(run: Run) -> None:
    text = output(run("sparql", "CONSTRUCT { ?s rdfs:label ?l } WHERE { VALUES ?s { net:Everolimus } ?s rdfs:label ?l }"))
    assert "net:Everolimus" in text
    triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    assert [triple.object for triple in triples] == [ox.Literal("everolimus", language="en")]


def test_sparql_comes_from_argument_file_or_standard_input(run: Run, tmp_path: Path) -> None:
    question = "SELECT ?l { net:Everolimus rdfs:label ?l }"
    path = tmp_path / "q.rq"
    path.write_text(question, encoding="utf-8")
    answers = {
        output(run("sparql", question, "-f", "csv")),
        output(run("sparql", "--file", str(path), "-f", "csv")),
        output(run("sparql", "-f", "csv", input=question)),
    }
    assert answers == {"l\neverolimus\n"}


def test_own_prefixes_of_a_query_win(run: Run) -> None:
    assert output(run("sparql", "PREFIX net: <http://example.org/> ASK { net:Everolimus ?p ?o }")) == "false\n"


@pytest.mark.parametrize("term", ["everolimus", "Everolimus", "net:Everolimus"])
def test_show_explains_a_term_however_it_is_named(term: str, run: Run) -> None:
    lines = output(run("show", term)).splitlines()
    assert lines[0] == "everolimus  (net:Everolimus)"
    assert lines[-1].strip() == NOTICE
    assert any(line.startswith("  is a: ") for line in lines)
    assert any("source: " in line and "read: " in line for line in lines)


def test_show_counts_what_it_leaves_out_and_shows_it_on_demand(run: Run) -> None:
    short, long = output(run("show", "everolimus")), output(run("show", "everolimus", "--all"))
    assert "more (--all)" in short
    assert "more (--all)" not in long
    assert len(long.splitlines()) > len(short.splitlines())


def test_show_takes_synonyms_and_records(run: Run) -> None:
    assert output(run("show", "PRRT")).startswith("peptide receptor radionuclide therapy  (net:PeptideReceptorRadionuclideTherapy)")
    assert output(run("show", "recommendation/R001")).startswith("recommendation R001  (net:recommendation/R001)")


def test_show_as_json_is_complete(run: Run) -> None:
    document = json.loads(output(run("show", "everolimus", "--json")))
    assert document["iri"] == "https://w3id.org/net-kg/Everolimus"
    assert document["notice"] == NOTICE
    assert len(document["statements"]["recommendation"]) > 12


def test_show_of_an_unknown_term_suggests_near_ones(run: Run) -> None:
    with pytest.raises(UnknownTermError, match=r"perhaps: .*otatate") as caught:
        run("show", "dotatat")
    assert caught.value.exit_status == 2


def test_info_counts_what_the_store_holds(run: Run, graph: kg.Graph) -> None:
    text = output(run("info"))
    counts = graph_counts(graph.store)
    assert f"NET-KG {graph.version()}" in text
    assert f"{sum(counts.values()):,}  in all" in text
    assert all(f"{count:>9,}  {name.rpartition('/graph/')[2]}\n" in text for name, count in counts.items())
    assert sum(counts.values()) == sum(1 for _ in graph.store.quads())
    assert NOTICE in text


def test_queries_lists_every_question(run: Run, graph: kg.Graph) -> None:
    lines = output(run("queries")).splitlines()
    assert [line.split("  ")[0] for line in lines] == list(graph.queries)
    assert [document["name"] for document in json.loads(output(run("queries", "--json")))] == list(graph.queries)


def test_queries_explains_one_question(run: Run) -> None:
    text = output(run("queries", "agents-targeting-receptor"))
    assert all(part in text for part in ("receptor", "SomatostatinReceptor", "Columns:", "SELECT"))
    (document,) = json.loads(output(run("queries", "agents-targeting-receptor", "--json")))
    assert document["parameters"][0] | {"help": ""} == {"name": "receptor", "type": "term:MolecularTarget", "default": "SomatostatinReceptor", "help": ""}


def test_export_gives_the_whole_graph_and_the_same_bytes_each_time(run: Run, graph: kg.Graph, tmp_path: Path) -> None:
    first, second = tmp_path / "1.nq", tmp_path / "2.nq"
    for path in (first, second):
        assert output(run("export", "nq", "-o", str(path))) == ""
    assert first.read_bytes() == second.read_bytes()
    lines = first.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(lines)
    assert len(lines) == len(set(lines)) == sum(1 for _ in graph.store.quads())
    assert set(ox.parse("\n".join(lines[::500]), format=ox.RdfFormat.N_QUADS)) <= set(graph.store.quads())


def test_export_refuses_a_form_it_does_not_know(run: Run) -> None:
    result = run("export", "pdf")
    assert result.exit_code == 2
    assert "'nq'" in result.stderr


def test_check_is_silent_when_all_is_well(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.cli.check.run_checks", lambda _sources: iter(()))
    result = run("check")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "all checks passed\n")


def test_check_prints_a_line_per_finding_and_exits_with_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Finding("a", "ERROR", "net:X", "why"), Finding("b", "WARN", "net:Y", "")]
    monkeypatch.setattr("kg.cli.check.run_checks", lambda _sources: iter(found))
    result = run("check")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "ERROR a: net:X — why\nWARN b: net:Y\n", "2 finding(s)\n")


def test_check_lists_its_rules_without_checking(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.cli.check.run_checks", lambda _sources: pytest.fail("checked"))
    listed = output(run("check", "--rules")).splitlines()
    assert len(listed) == sum(rule.level != "INFO" for rule in all_rules().values())
    assert "WARN  duplicate_exact_synonym: no two terms share an exact synonym, unless it is an abbreviation or acronym" in listed
    assert len(output(run("check", "--rules", "--level", "info")).splitlines()) == len(all_rules())


def test_check_says_how_to_mend_and_passes_over_remarks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        Finding("missing_label", "ERROR", "net:X", ""),
        Finding("merged-classes", "INFO", "net:Y", "this and that"),
        Finding("label-form", "WARN", "net:Z", ""),
    ]
    monkeypatch.setattr("kg.cli.check.run_checks", lambda _sources: iter(found))
    usual = run("check")
    assert (usual.exit_code, usual.stdout) == (1, "ERROR missing_label: net:X\nWARN label-form: net:Z\n")
    assert "to mend missing_label: add an rdfs:label, unique in the graph\n" in usual.stderr
    assert usual.stderr.endswith("2 finding(s)\n")
    assert run("check", "--level", "ERROR").stdout == "ERROR missing_label: net:X\n"
    assert "INFO merged-classes: net:Y — this and that" in run("check", "--level", "INFO").stdout
    monkeypatch.setattr("kg.cli.check.run_checks", lambda _sources: iter(found[1:2]))
    assert run("check", "--level", "INFO").exit_code == 0


def test_check_says_when_the_shapes_are_not_checked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.cli.check.run_checks", lambda _sources: iter(()))
    monkeypatch.setattr("kg.cli.check.can_check_shapes", lambda: False)
    result = run("check")
    assert (result.exit_code, result.stderr) == (0, "not checked: the shapes in ontology/shapes.ttl (pip install 'net-kg[shacl]')\nall checks passed\n")


@pytest.fixture
def small_build(small_sources: Sources, no_reasoner: None, monkeypatch: pytest.MonkeyPatch) -> Sources:  # noqa: ARG001 - the fixture acts by itself
    monkeypatch.setattr("kg.cli.build.default_sources", lambda: small_sources)
    return small_sources


@pytest.mark.usefixtures("small_build")
def test_build_tells_its_progress_on_standard_error_only(run: Run, tmp_path: Path) -> None:
    result = run("build", "--store", str(tmp_path / "store"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert all(stage in result.stderr for stage in ("read ontology", "read tables", "reason", "write store", "statements in all"))
    total = sum(graph_counts(kg.open(str(tmp_path / "store")).store).values())
    assert f"{total:,}  statements in all" in result.stderr


@pytest.mark.usefixtures("small_build")
def test_a_quiet_build_says_nothing(run: Run, tmp_path: Path) -> None:
    result = run("build", "--quiet", "--store", str(tmp_path / "store"))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_a_lenient_build_lists_what_it_left_out_and_exits_with_1(run: Run, tmp_path: Path, small_build: Sources) -> None:
    replace_cell(small_build.data / "recommendations.tsv", 2, "therapy", "Lanreotid")
    result = run("build", "--lenient", "-q", "--store", str(tmp_path / "store"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("left out: ")
    assert "recommendations.tsv" in result.stderr
    graph = kg.open(str(tmp_path / "store"))
    assert graph.sparql("ASK { <https://w3id.org/net-kg/recommendation/R-2> ?p ?o }") is True
    assert graph.sparql("ASK { <https://w3id.org/net-kg/recommendation/R-1> ?p ?o }") is False


def test_a_strict_build_refuses_and_writes_nothing(run: Run, tmp_path: Path, small_build: Sources) -> None:
    replace_cell(small_build.data / "recommendations.tsv", 2, "therapy", "Lanreotid")
    with pytest.raises(NetKGError, match="--lenient") as caught:
        run("build", "-q", "--store", str(tmp_path / "store"))
    assert caught.value.exit_status == 1
    assert not (tmp_path / "store" / "current").exists()


def test_a_server_is_no_place_to_build_into(run: Run) -> None:
    with pytest.raises(UsageError, match="not into a server"):
        run("build", "--store", "https://example.org/sparql")
