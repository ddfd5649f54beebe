"""Where sources disagree, special cases and gaps: the algebra by properties, the real tables by hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, product

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.errors import UnknownTermError, UsageError
from kg.graph import display
from kg.match import between
from kg.match.between import Axis, Coverage, Gaps, Standing, Value, axis, conflicts, facts_of, gaps, grid, merged, special_cases
from kg.match.between_report import region_in_words
from kg.match.logic import Logic
from kg.match.match import Matcher
from kg.match.overlap import Overlaps
from kg.match.presentation import Presentation
from kg.match.solver import fulfils
from kg.match.statements import Statement
from kg.match.verdict import Status, Verdict
from kg.model.population import Population, describe_population, parse
from kg.prefixes import NET
from kg.store import select
from kg.terms import Terms
from tests.match.randomly import Cells

TRUE, REFINEMENT, WIDE = "true disagreement", "refinement", "wide wording"
"""Sources say opposite things; one states a limit that the other leaves open; one side names so wide a therapy that it only seems to contradict."""

NESTED = {
    ("E006", "E255"): (
        REFINEMENT,
        "radioembolisation as an option for liver metastases; the other lists contraindications within that: ascites, life expectancy",
    ),
    ("E265", "E255"): (REFINEMENT, "embolisation as an option for liver metastases; the other lists contraindications within that"),
    ("R003", "E255"): (REFINEMENT, "embolisation as an option for liver metastases; the other lists contraindications within that"),
    ("E013", "E160"): (REFINEMENT, "PET to follow what is mainly seen on PET (a note); the other is against PET as routine follow-up (a note)"),
    ("E017", "E160"): (REFINEMENT, "PET for a new unclear lesion (a note); the other is against PET as routine follow-up (a note)"),
    ("E018", "E160"): (WIDE, "PET in place of the older scintigraphy says which test, not when; the other is against PET as routine follow-up"),
    ("E151", "R200"): (WIDE, "looking for second tumours names no test, so any diagnostic procedure is meant; the other is against two blood tests"),
    ("E153", "R200"): (TRUE, "chromogranin A at diagnosis of every digestive NET; not routinely before treatment of a localised appendiceal one"),
    ("E165", "R023"): (TRUE, "a somatostatin analogue against growth in advanced digestive NET of any grade; relatively ineffective in metastatic G3"),
    ("E245", "E210"): (WIDE, "surgery always to be considered; the other is against one operation, right hemicolectomy, in unresectable disease"),
    ("E245", "E211"): (WIDE, "surgery always to be considered; the other is against a second operation for serosal breach alone, after resection"),
    ("E245", "R201"): (WIDE, "surgery always to be considered; the other is against a second operation for a tumour under 1 cm, after resection"),
    ("E247", "E201"): (REFINEMENT, "analogues against growth of pancreatic NET in general; not for a tumour under 2 cm that is merely observed"),
    ("E248", "E175"): (TRUE, "surgery or ablation for resectable liver metastases; no radiofrequency ablation where resection is possible"),
    ("E250", "E325"): (TRUE, "chemotherapy as an option in metastatic gastroenteropancreatic NET; little benefit in gastrointestinal G1 or G2"),
    ("R011", "E281"): (TRUE, "observation possible, though rarely, in symptom-free metastatic pancreatic NET; watchful waiting generally not advised"),
}
"""Every pair of which one scope lies within the other, read by hand: (row in favour, row against) → what it is, and why."""

CARCINOMA_ELSEWHERE = "primary site: lung, or thymus, or unknown primary; neoplasm: neuroendocrine carcinoma; "
UNCOVERED = {
    CARCINOMA_ELSEWHERE + "disease extent: localised disease, or locoregional disease; resectability: resectable disease": {
        "E033": {"extent", "resectability"},  # platinum with etoposide: unresectable or distant only
        "E275": {"resectability"},  # adjuvant chemotherapy: after resection only
        "R025": {"site", "extent"},
        "R257": {"neoplasm"},  # lung resection: carcinoids only
    },
    CARCINOMA_ELSEWHERE + "disease extent: localised disease, or locoregional disease; resectability: unresectable disease; line of therapy: ≥ 2": {
        "E033": {"extent", "line"},  # platinum with etoposide: first line only
        "E275": {"resectability"},
        "E168": {"site"},  # 177Lu-dotatate up to a Ki-67 of 55 %: digestive only
        "R026": {"site", "extent"},  # FOLFIRI in second line: digestive and metastatic only
    },
    CARCINOMA_ELSEWHERE + "disease extent: distant metastatic disease; line of therapy: ≥ 2": {
        "E033": {"line"},
        "E275": {"resectability"},
        "R026": {"site"},
        "E173": {"site"},  # checkpoint inhibitor in unstable tumours: digestive only
    },
    "primary site: lung, or thymus, or unknown primary; neoplasm: mixed neuroendocrine–non-neuroendocrine neoplasm": {
        "E173": {"site"},  # the only row that does not name another neoplasm
        "E033": {"neoplasm"},
        "E262": {"neoplasm"},
        "R257": {"neoplasm"},
    },
}
"""Uncovered regions of the default grid, read by hand: the nearest rows in favour, and which features rule out each of them in the whole region."""

PARTLY = {
    ("E173",): {("molecular",)},
    ("E168", "E173"): {("ki67", "molecular")},
    ("E173", "R026"): {("progression", "line", "molecular")},
    ("E168", "E173", "R026"): {("ki67", "progression", "line", "molecular")},
}
"""What covers the rest of the default grid only in part: rows → the unknown features that decide."""

Make = Callable[[Iterable[str]], tuple[Logic, list[str]]]


@pytest.fixture(scope="module")
def default(graph: kg.Graph) -> Gaps:
    """The default grid of the real tables."""
    return gaps(graph.matcher, grid([], graph.terms))


def intersection(ontology: list[ox.Triple], terms: Terms, one: str, other: str, *known: str) -> str:
    """Return the overlap of two cells as a cell; others are only known to the logic."""
    first, second, *others = (parse(cell, terms) for cell in (one, other, *known))
    found = Overlaps(Logic(ontology, terms, [first, second, *others]), terms).of(first, second)
    return found.text if found else ""


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("site=pancreas; grade=G1 | G2", "grade=G2 | G3", "site=Pancreas; grade=G2"),
        ("ki67=<10", "ki67=[3..20]", "ki67=[3..10)"),
        ("ki67=<3", "ki67=>=3", ""),
        ("ki67=<=3", "ki67=>=3", "ki67=3"),
        ("ki67=(3..20)", "ki67=3..20", "ki67=(3..20)"),
        ("site=digestive system site", "site=ileum | lung", "site=Ileum"),
        ("site=pancreas", "site=lung", ""),
        ("neoplasm=NET", "neoplasm=NEC", ""),
        ("neoplasm=NET; ki67=>20; site=pancreas", "grade=G1", ""),  # only the rules between features tell
        ("metastases=liver", "extent=distant", "metastases=Liver"),  # liver metastases are distant
        ("prior=lanreotide", "prior=somatostatin analogue", "prior=Lanreotide"),
        ("prior=lanreotide", "absent=somatostatin analogue", ""),
        ("syndromes=carcinoid syndrome", "hereditary=MEN1 syndrome", "syndromes=CarcinoidSyndrome; hereditary=MEN1Syndrome"),
        ("metastases=liver", "metastases=bone", "metastases=BoneSite; metastases=Liver"),
        ("any", "line=2", "line=2"),
        ("any", "any", "any"),
        ("grade=G1 OR grade=G2; sstr=positive", "grade=G1 OR sstr=positive", "grade=G1 OR grade=G2; sstr=positive"),
    ],
)
def test_the_overlap_is_said_briefly(ontology: list[ox.Triple], terms: Terms, one: str, other: str, expected: str) -> None:
    assert intersection(ontology, terms, one, other) == expected
    assert intersection(ontology, terms, other, one) == expected


def test_two_classes_become_one_only_when_it_means_the_same(ontology: list[ox.Triple], terms: Terms) -> None:
    functioning = ("neoplasm=functioning neuroendocrine tumour", "neoplasm=pancreatic neuroendocrine tumour")
    assert intersection(ontology, terms, *functioning) == "neoplasm=FunctioningNET; neoplasm=PancreaticNET"
    assert intersection(ontology, terms, *functioning, "neoplasm=functioning pancreatic neuroendocrine tumour") == "neoplasm=FunctioningPancreaticNET"
    assert intersection(ontology, terms, "site=midgut", "site=small intestine", "site=ileum | jejunum") == "site=Ileum | Jejunum"


@pytest.mark.parametrize("seed", range(1, 5))
def test_the_overlap_is_exactly_the_intersection(ontology: list[ox.Triple], terms: Terms, seed: int) -> None:
    cells = Cells(terms, seed)
    populations = list({(population := parse(cells.cell(), terms)).id: population for _ in range(14)}.values())
    logic = Logic(ontology, terms, populations)
    overlaps = Overlaps(logic, terms)
    found = {(one.id, other.id): overlaps.of(one, other) for one, other in product(populations, repeat=2)}
    both = Logic(ontology, terms, [*populations, *(overlap for overlap in found.values() if overlap)])
    seen = 0
    for one, other in combinations(populations, 2):
        overlap, turned = found[one.id, other.id], found[other.id, one.id]
        assert (overlap is not None) is logic.overlap(one.id, other.id), (one.text, other.text)
        assert (overlap is None) is (turned is None)
        if overlap and turned:
            seen += 1
            check_exact(both, one, other, overlap)
            assert both.is_within(overlap.id, turned.id)
            assert both.is_within(turned.id, overlap.id)
    assert seen > 5


def check_exact(logic: Logic, one: Population, other: Population, overlap: Population) -> None:
    """Hold that an overlap lies in both populations and that nothing else does."""
    names = (one.text, other.text, overlap.text)
    assert logic.is_within(overlap.id, one.id), names
    assert logic.is_within(overlap.id, other.id), names
    assert logic.solver.solve([logic.inside[one.id], logic.inside[other.id], logic.outside[overlap.id]]) is None, names
    assert all(fulfils(example, logic.inside[one.id]) for example in logic.examples(overlap.id)), names


def test_the_graph_holds_the_same_disagreements(graph: kg.Graph) -> None:
    answer = select(graph.store, f"SELECT ?one ?other WHERE {{ ?one <{NET}disagreesWith> ?other }}")
    stored = {frozenset((display(one), display(other))) for one, other in answer.rows}
    found = conflicts(graph.matcher).found
    assert {frozenset((f"net:recommendation/{item.favour.id}", f"net:recommendation/{item.against.id}")) for item in found} == stored
    assert len(found) == len(stored)


def test_the_overlap_of_every_real_pair_is_exact(graph: kg.Graph, ontology: list[ox.Triple], terms: Terms) -> None:
    found = conflicts(graph.matcher, approvals=True).found
    populations = {population.id: population for item in found for population in (item.favour.population, item.against.population, item.overlap)}
    logic = Logic(ontology, terms, populations.values())
    for item in found:
        check_exact(logic, item.favour.population, item.against.population, item.overlap)
        assert describe_population(item.overlap, terms)
        within, around = (
            logic.is_within(*pair)
            for pair in ((item.favour.population.id, item.against.population.id), (item.against.population.id, item.favour.population.id))
        )
        assert item.standing is {(True, True): Standing.SAME, (True, False): Standing.WITHIN, (False, True): Standing.AROUND}.get(
            (within, around), Standing.OVERLAP
        )


def test_every_pair_with_one_scope_within_the_other_has_been_read(graph: kg.Graph) -> None:
    found = {(item.favour.id, item.against.id) for item in conflicts(graph.matcher, all_overlaps=False).found}
    fresh, gone = sorted(found - NESTED.keys()), sorted(NESTED.keys() - found)
    assert not fresh, f"new disagreements {fresh}: read both rows of data/recommendations.tsv, then add each pair to NESTED with what it is and why"
    assert not gone, f"{gone} disagree no longer: if the change of the rows was meant, take the pairs out of NESTED"
    assert {kind for kind, _ in NESTED.values()} == {TRUE, REFINEMENT, WIDE}


def test_nested_scopes_come_first_and_each_pair_says_what_it_is_about(graph: kg.Graph) -> None:
    found = conflicts(graph.matcher).found
    overlapping = [item.standing is Standing.OVERLAP for item in found]
    assert overlapping == sorted(overlapping)
    assert any(overlapping)
    for item in found:
        assert item.therapies
        assert item.aims
        assert item.favour.sources
        assert item.against.sources
    assert found == conflicts(graph.matcher).found


def test_a_therapy_chooses_its_kinds_and_what_it_is_a_kind_of(graph: kg.Graph) -> None:
    found = {(item.favour.id, item.against.id) for item in conflicts(graph.matcher, therapy="lanreotide").found}
    assert ("E165", "R023") in found  # the advice against names somatostatin analogues
    assert ("R011", "E281") not in found
    with pytest.raises(UnknownTermError):
        conflicts(graph.matcher, therapy="no such thing")


def test_refused_and_withdrawn_approvals_can_be_set_against_advice(graph: kg.Graph) -> None:
    plain, wider = conflicts(graph.matcher).found, conflicts(graph.matcher, approvals=True).found
    added = [item for item in wider if item not in plain]
    assert {item.against.direction for item in added} == {"refused", "withdrawn"}
    assert all(item.against.kind == "approval" and item.favour.kind == "recommendation" for item in added)
    assert len(wider) == len(plain) + len(added)


def test_a_date_looks_back(graph: kg.Graph) -> None:
    then = conflicts(graph.matcher, as_of="2021").found
    assert 0 < len(then) < len(conflicts(graph.matcher).found)
    assert all(statement.issued[:4] <= "2021" for item in then for statement in (item.favour, item.against))
    assert conflicts(graph.matcher, as_of="1990").found == ()
    with pytest.raises(UsageError, match="not a date"):
        conflicts(graph.matcher, as_of="soon")


def test_special_cases_lie_strictly_within(graph: kg.Graph, terms: Terms) -> None:
    found = special_cases(graph.matcher)
    logic = graph.matcher.engine.logic
    assert len(found) > 100
    for case in found:
        assert logic.is_within(case.narrow.population.id, case.wide.population.id)
        assert not logic.is_within(case.wide.population.id, case.narrow.population.id)
        assert all(other in terms.ancestors(one) for one, other in case.therapies)
    pairs = {(case.narrow.id, case.wide.id): case.same_direction for case in found}
    assert pairs["R011", "E281"] is False  # observation of some, against watchful waiting
    assert pairs["R004", "E165"] is True  # octreotide or lanreotide in first line, within advanced digestive NET
    chosen = special_cases(graph.matcher, therapy="everolimus", as_of="2024")
    assert chosen
    assert {(case.narrow.id, case.wide.id) for case in chosen} < {(case.narrow.id, case.wide.id) for case in special_cases(graph.matcher, as_of="2024")}


def test_every_uncovered_region_of_the_default_grid_has_been_read(default: Gaps, terms: Terms) -> None:
    found = {region_in_words(region, default, terms) for region in default.uncovered}
    assert found == UNCOVERED.keys(), (
        "the uncovered regions have changed: look for rows about each, then write into UNCOVERED what rules the nearest of them out"
    )


def test_the_nearest_rows_are_ruled_out_as_written(default: Gaps, graph: kg.Graph, terms: Terms) -> None:
    for region in default.uncovered:
        cells = list(region.cells())
        for row, features in UNCOVERED[region_in_words(region, default, terms)].items():
            for cell in (cells[0], cells[-1]):
                result = graph.matcher.match(Presentation("", facts_of(cell))).explain(row)
                assert result.verdict is Verdict.DOES_NOT_APPLY
                unmet = {item.criterion.feature.key for criteria in result.alternatives for item in criteria if item.status is Status.NOT_MET}
                assert features <= unmet, (row, unmet)


def test_what_is_covered_in_part_has_been_read(default: Gaps) -> None:
    found: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for region in default.partly:
        found.setdefault(tuple(sorted(statement.id for statement in region.statements)), set()).add(region.further)
    assert found == PARTLY, "what covers situations only in part has changed: read the rows, then change PARTLY"


def verdicts(matcher: Matcher, cell: tuple[Value, ...], statements: Iterable[Statement]) -> set[Verdict]:
    match = matcher.match(Presentation("", facts_of(cell)))
    return {match.verdict(statement.id) for statement in statements}


def check_gaps(found: Gaps, matcher: Matcher, statements: Sequence[Statement], seed: int) -> None:
    """Compare some cells of each coverage with what matching says of the single case."""
    chosen = random.Random(seed)  # noqa: S311 - not for secrets
    uncovered = [cell for region in found.uncovered for cell in region.cells()]
    partly = [(cell, region) for region in found.partly for cell in region.cells()]
    assert len(uncovered) == len(set(uncovered)) == found.counts[Coverage.UNCOVERED]
    assert len(partly) == len({cell for cell, _ in partly}) == found.counts[Coverage.PARTLY]
    assert len(found.covered) == found.counts[Coverage.COVERED]
    assert {*uncovered, *(cell for cell, _ in partly)}.isdisjoint(found.covered)
    for cell in chosen.sample(uncovered, min(12, len(uncovered))):
        assert verdicts(matcher, cell, statements) <= {Verdict.DOES_NOT_APPLY}
    for cell, region in chosen.sample(partly, min(12, len(partly))):
        match = matcher.match(Presentation("", facts_of(cell)))
        assert {match.verdict(statement.id) for statement in statements} <= {Verdict.DOES_NOT_APPLY, Verdict.APPLIES_IF}
        assert {item.id for item in statements if match.verdict(item.id) is Verdict.APPLIES_IF} == {statement.id for statement in region.statements}
        deciding = {part.feature.key for item in region.statements for criteria in match.explain(item.id).deciding for part in criteria}
        assert deciding == set(region.further)
    for cell in chosen.sample(list(found.covered), min(12, len(found.covered))):
        assert matcher.match(Presentation("", facts_of(cell))).verdict(found.covered[cell].id) is Verdict.APPLIES


def wanted(matcher: Matcher, aim: str = "antitumour") -> list[Statement]:
    return [item for item in matcher.statements if item.kind == "recommendation" and aim in item.aims and not item.superseded]


def test_matching_each_cell_says_the_same(default: Gaps, graph: kg.Graph) -> None:
    check_gaps(default, graph.matcher, [item for item in wanted(graph.matcher) if between.favours(item)], 1)


@pytest.mark.parametrize("seed", range(1, 4))
def test_matching_each_cell_of_a_random_grid_says_the_same(graph: kg.Graph, terms: Terms, seed: int) -> None:
    cells = Cells(terms, seed, ("site", "neoplasm", "grade", "ki67", "sstr", "metastases"))
    axes: dict[str, Axis] = {}
    while len(axes) < 4:
        key = (alternative := cells.alternative().split("; ")[0]).partition("=")[0]
        values = tuple(dict.fromkeys([alternative, *(part for _ in range(40) for part in cells.alternative().split("; ") if part.startswith(f"{key}="))]))
        axes[key] = Axis(key, tuple(Value(text, parse(text, terms).alternatives[0].criteria) for text in values[:3]))
    related = terms.ancestors(NET + "Everolimus")  # few enough statements to explain each
    statements = [item for item in wanted(graph.matcher) if not related.isdisjoint(item.therapies)]
    found = gaps(graph.matcher, list(axes.values()), therapy="everolimus", any_direction=True)
    check_gaps(found, graph.matcher, statements, seed)
    impossible = [cell for cell in product(*(one.values for one in axes.values())) if graph.matcher.engine.situation(facts_of(cell)) is None]
    assert found.impossible == len(impossible)
    assert sum(found.counts.values()) + found.impossible == len(list(product(*(one.values for one in axes.values()))))


def test_impossible_combinations_are_left_out_and_counted(graph: kg.Graph, terms: Terms) -> None:
    axes = [axis("site=pancreas,lung", terms), axis("neoplasm=typical carcinoid", terms), axis("grade=G1,G3", terms)]
    found = gaps(graph.matcher, axes)
    assert found.impossible == 3  # no typical carcinoid in the pancreas, none of grade 3
    assert found.counts == {Coverage.COVERED: 1, Coverage.PARTLY: 0, Coverage.UNCOVERED: 0}


def test_what_else_is_said_of_a_gap_is_named(default: Gaps, graph: kg.Graph) -> None:
    aside = {statement.id for region in default.uncovered for statement in region.aside}
    assert aside == {"E281", "E282"}  # against watchful waiting; poor evidence for any sequence
    every = gaps(graph.matcher, default.grid, any_direction=True)
    assert every.counts[Coverage.UNCOVERED] < default.counts[Coverage.UNCOVERED]
    assert all(region.aside == () for region in every.uncovered)


def test_gaps_of_a_therapy_an_aim_a_kind_and_a_date(graph: kg.Graph, terms: Terms) -> None:
    axes = [axis("site=pancreas,lung,ileum", terms), axis("neoplasm=neuroendocrine tumour", terms), axis("extent=localised,distant", terms)]

    def uncovered(**options: object) -> int:
        return gaps(graph.matcher, axes, **options).counts[Coverage.UNCOVERED]  # type: ignore[arg-type] # a test names its options

    assert uncovered() == 0
    assert uncovered(therapy="belzutifan") == 4  # pancreatic NET in von Hippel–Lindau syndrome only
    assert uncovered(as_of="1990") == 6
    assert uncovered(kinds=["approval"], therapy="sunitinib") > 0
    with pytest.raises(UsageError, match="no aim"):
        uncovered(aim="luck")
    with pytest.raises(UsageError, match="no kind"):
        uncovered(kinds=["rumour"])
    with pytest.raises(UsageError, match="not a date"):
        uncovered(as_of="soon")


def test_a_grid_is_the_default_with_changes(terms: Terms) -> None:
    keys = [one.key for one in grid([], terms)]
    assert keys == list(between.DEFAULT_GRID)
    changed = grid(["site=pancreas, jejunum | ileum", "line=", "progression=yes,no"], terms)
    assert [one.key for one in changed] == [*(key for key in keys if key != "line"), "progression"]
    assert [value.text for value in changed[0].values] == ["pancreas", "jejunum | ileum"]


@pytest.mark.parametrize(
    "features",
    [
        ["site"],
        ["site=atlantis"],
        ["site=lung OR site=pancreas"],
        ["site=lung; grade=G1"],
        ["colour=red"],
        ["progression="],
        ["site=lung", "site=pancreas"],
        [f"ki67={','.join(map(str, range(100)))}"],
    ],
)
def test_a_grid_that_is_wrong_is_refused(terms: Terms, features: list[str]) -> None:
    with pytest.raises(UsageError):
        grid(features, terms)


@given(st.sets(st.tuples(*[st.integers(0, 2)] * 3)))
def test_merging_loses_nothing_and_adds_nothing(points: set[tuple[int, ...]]) -> None:
    values = [tuple(Value(f"{position}{number}", ()) for number in range(3)) for position in range(3)]
    axes = [Axis(str(position), several) for position, several in enumerate(values)]
    boxes = merged([tuple(values[position][number] for position, number in enumerate(point)) for point in sorted(points)], axes)
    cells = [cell for box in boxes for cell in product(*box)]
    assert len(cells) == len(set(cells)) == len(points)
    assert {tuple(int(value.text[1]) for value in cell) for cell in cells} == points
    if len(points) == 27:
        assert len(boxes) == 1
