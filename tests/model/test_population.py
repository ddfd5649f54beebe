"""The language of populations: one meaning, one identifier; what is refused and how."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.load.columns import Scope
from kg.load.tables import TABLES
from kg.model.feature import Feature, FeatureKind
from kg.model.interval import Interval
from kg.model.population import Absent, OneOf, PopulationError, Within, describe_population, parse
from kg.prefixes import NET
from kg.terms import Terms

TERMS = Terms.read(Path(__file__).resolve().parents[2] / "ontology" / "net.owl")
FEATURES = list(TERMS.features.values())
SETS = [feature for feature in FEATURES if feature.kind is FeatureKind.SET]
SINGLE = [feature for feature in FEATURES if feature.kind is not FeatureKind.SET]


def names_below(feature: Feature) -> list[str]:
    """Return ways to write the values of a feature: codes of a list, local names and labels of a hierarchy."""
    if feature.kind is FeatureKind.LIST:
        return sorted(TERMS.codes[feature.range])
    return sorted(iri.removeprefix(NET) for iri in TERMS.descendants(feature.range) if TERMS.kinds.get(iri) == "class")


VALUES = {feature.key: names_below(feature) for feature in FEATURES if feature.kind is not FeatureKind.NUMBER}


@st.composite
def interval_texts(draw: st.DrawFn, feature: Feature) -> str:
    low, high = feature.low or Decimal(0), feature.high or Decimal(500)
    first, second = sorted(draw(st.lists(st.decimals(low, high, places=2), min_size=2, max_size=2)))
    forms = [f"<={first}", f">={second}", str(first), f"{first}..{second}", f"[{first}..{second}]"]
    if first < second:
        forms += [f"({first}..{second}]", f"[{first}..{second})", f"({first}..{second})"]
    return draw(st.sampled_from(forms))


@st.composite
def clauses(draw: st.DrawFn, feature: Feature) -> tuple[str, list[str]]:
    if feature.kind is FeatureKind.NUMBER:
        return feature.key, [draw(interval_texts(feature))]
    return feature.key, draw(st.lists(st.sampled_from(VALUES[feature.key]), min_size=1, max_size=4, unique=True))


@st.composite
def alternatives(draw: st.DrawFn) -> list[tuple[str, list[str]]]:
    found = [draw(clauses(feature)) for feature in draw(st.lists(st.sampled_from(SINGLE), max_size=4, unique_by=lambda feature: feature.key))]
    found += [draw(clauses(draw(st.sampled_from(SETS)))) for _ in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()):
        found.append(("absent", draw(st.lists(st.sampled_from(VALUES[draw(st.sampled_from(SETS)).key]), min_size=1, max_size=3, unique=True))))
    assume(found)
    return found


populations = st.lists(alternatives(), min_size=1, max_size=3)


def written(alternatives: list[list[tuple[str, list[str]]]]) -> str:
    return " OR ".join("; ".join(f"{key}={' | '.join(values)}" for key, values in alternative) for alternative in alternatives)


@given(populations)
def test_the_canonical_text_reads_back_as_the_same_population(alternatives: list[list[tuple[str, list[str]]]]) -> None:
    population = parse(written(alternatives), TERMS)
    again = parse(population.text, TERMS)
    assert again == population
    assert again.text == population.text
    assert again.id == population.id


@given(populations, st.randoms(use_true_random=False))
def test_the_identity_does_not_depend_on_the_order_of_alternatives_clauses_or_values(
    alternatives: list[list[tuple[str, list[str]]]], chance: random.Random
) -> None:
    shuffled = [[(key, chance.sample(values, len(values))) for key, values in chance.sample(clauses, len(clauses))] for clauses in alternatives]
    chance.shuffle(shuffled)
    first, second = parse(written(alternatives), TERMS), parse(written(shuffled), TERMS)
    assert first == second
    assert first.id == second.id


@given(populations, st.sampled_from(["  ", "\u00a0", " "]))
def test_blanks_between_the_parts_do_not_matter(alternatives: list[list[tuple[str, list[str]]]], blank: str) -> None:
    text = written(alternatives)
    spaced = text.replace(";", f"{blank};{blank}").replace("|", f"{blank}|{blank}").replace("=", f"{blank}={blank}", 1)
    assume("<=" not in text and ">=" not in text)
    assert parse(spaced, TERMS) == parse(text, TERMS)


@given(populations, populations)
def test_different_canonical_texts_have_different_identifiers(first: list[list[tuple[str, list[str]]]], second: list[list[tuple[str, list[str]]]]) -> None:
    one, other = parse(written(first), TERMS), parse(written(second), TERMS)
    assert (one.text == other.text) == (one.id == other.id) == (one == other)


@given(populations)
def test_every_criterion_that_was_written_is_kept(alternatives: list[list[tuple[str, list[str]]]]) -> None:
    for alternative in alternatives:
        (only,) = parse(written([alternative]), TERMS).alternatives  # beside others it could be absorbed
        kept = set(only.criteria)
        for key, values in alternative:
            if key == "absent":
                for name in values:
                    assert any(isinstance(criterion, Absent) and criterion.value == NET + name for criterion in kept)
            elif TERMS.features[key].kind is FeatureKind.NUMBER:
                assert Within(TERMS.features[key], Interval.parse(values[0])) in kept
            else:
                iris = tuple(
                    sorted(TERMS.codes[TERMS.features[key].range][value] if TERMS.features[key].kind is FeatureKind.LIST else NET + value for value in values)
                )
                assert OneOf(TERMS.features[key], iris) in kept


def test_the_populations_of_the_real_tables_read_back_as_they_are(sources_text: list[str]) -> None:
    wrong = [text for text in sources_text if parse(parse(text, TERMS).text, TERMS) != parse(text, TERMS)]
    assert len(sources_text) > 400
    assert wrong == []


@pytest.fixture(scope="module")
def sources_text() -> list[str]:
    """Every population cell of the real tables."""
    folder = Path(__file__).resolve().parents[2] / "data"
    found: set[str] = set()
    for table in TABLES:
        columns = [number for number, column in enumerate(table.columns) if isinstance(column, Scope)]
        for line in (folder / f"{table.name}.tsv").read_text(encoding="utf-8").split("\n")[1:-1]:
            found.update(line.split("\t")[number] for number in columns)
    return sorted(found)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("site=pancreas", "site=Pancreas"),
        ("site=pancreas", "site=net:Pancreas"),
        ("site=PANCREAS", "site=https://w3id.org/net-kg/Pancreas"),
        ("site=midgut", "site=MidgutSite"),
        ("hereditary=MEN1", "hereditary=multiple endocrine neoplasia type 1"),
        ("site=pancreas | pancreas", "site=pancreas"),
        ("site=pancreas OR site=pancreas", "site=pancreas"),
        ("any OR any", "any"),
        ("ki67=3-20", "ki67=[3.0..20.00]"),
        ("absent=carcinoid syndrome | MEN1 syndrome", "absent=MEN1 syndrome; absent=carcinoid syndrome"),
        ("absent=MEN1; absent=MEN1", "absent=MEN1"),
    ],
)
def test_ways_of_writing_one_population_are_equal(text: str, same: str) -> None:
    assert parse(text, TERMS) == parse(same, TERMS)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("grade=G1 | G2", "grade=G1 OR grade=G2; sstr=positive"),
        ("hereditary=MEN1", "absent=MEN1"),
        ("ki67=<3", "ki67=<=3"),
        ("progression=yes", "pregnant=yes"),
        ("functioning=no", "necrosis=no"),
        ("any", "grade=G1 | G2 | G3"),
        ("site=liver", "metastases=liver"),
        ("hereditary=MEN1 | MAXSyndrome", "hereditary=MEN1; hereditary=MAXSyndrome"),
    ],
)
def test_different_populations_have_different_identifiers(text: str, other: str) -> None:
    assert parse(text, TERMS).id != parse(other, TERMS).id


REFUSED = [
    ("nothing", "", "write 'any'"),
    ("blanks", "   ", "write 'any'"),
    ("unknown feature", "stie=pancreas", "no feature is called 'stie'; allowed are site, neoplasm"),
    ("feature in another case", "Site=pancreas", "no feature is called 'Site'"),
    ("no equals sign", "pancreas", "'pancreas' is not of the form feature=value"),
    ("no value", "site=", "is not of the form feature=value"),
    ("no feature", "=pancreas", "no feature is called ''"),
    ("empty clause", "site=pancreas;", "'' is not of the form"),
    ("empty value in a list", "grade=G1 | | G2", "has an empty value"),
    ("list that ends in a bar", "grade=G1 |", "has an empty value"),
    ("value outside the list", "grade=G4", "grade: 'G4' is not one of G1, G2, G3"),
    ("value of another case", "grade=g1", "is not one of G1, G2, G3"),
    ("misspelt class", "site=pancrease", "did you mean pancreas"),
    ("class of another kind", "site=everolimus", "site: 'everolimus' is not a kind of anatomical site"),
    ("feature twice", "site=pancreas; site=ileum", "site is restricted twice"),
    ("list feature twice", "grade=G1; grade=G1 | G2", "grade is restricted twice"),
    ("number twice", "ki67=<3; ki67=>1", "ki67 is restricted twice"),
    ("absent of a list", "absent=G1", "no class is called 'G1'"),
    ("absent of a hierarchy that is no set", "absent=neuroendocrine tumour", "absent: 'neuroendocrine tumour' is not a value of a feature that is a set"),
    ("absent of an unknown term", "absent=carcinoid syndrom", "did you mean carcinoid syndrome"),
    ("absent of nothing", "absent=", "is not of the form"),
    ("any beside an alternative", "any OR site=pancreas", "'any' makes the other alternatives meaningless"),
    ("any beside a clause", "any; site=pancreas", "'any' is not of the form"),
    ("lower-case or", "site=pancreas or site=ileum", "site: no class is called 'pancreas or site=ileum'"),
    ("alternative without end", "site=pancreas OR ", "no class is called 'pancreas OR'"),
    ("two alternatives with nothing between", "site=pancreas OR OR site=ileum", "'OR site'"),
    ("reversed interval", "ki67=20..3", "ki67: the interval is reversed: 20 is greater than 3"),
    ("empty interval", "ki67=(3..3]", "ki67: the interval around 3 is empty"),
    ("several intervals", "ki67=<3 | >20", "several intervals are written as alternatives, with OR"),
    ("number above the range", "ki67=>=101", "101 lies outside the possible values ≥ 0 and ≤ 100"),
    ("number below the range", "line=0", "0 lies outside the possible values ≥ 1"),
    ("word for a number", "ki67=high", "'high' is not a number or an interval"),
    ("unit behind a number", "ki67=20%", "'20%' is not a number or an interval"),
    ("negative number", "ki67=-3", "'-3' is not a number or an interval"),
    ("right-to-left letters", "site=\u05dc\u05d1\u05dc\u05d1", "no class is called '\u05dc\u05d1\u05dc\u05d1'"),
]


@pytest.mark.parametrize(("text", "fragment"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_no_population_is_refused_with_the_part_and_what_is_allowed(text: str, fragment: str) -> None:
    with pytest.raises(PopulationError) as refused:
        parse(text, TERMS)
    assert fragment in str(refused.value)


@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["site", "=", "pancreas", ";", "|", " OR ", "ki67", "<3", "any", "absent", " ", "G1"]), max_size=12).map("".join)
)
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        population = parse(text, TERMS)
    except PopulationError as error:
        assert len(str(error)) > 10  # noqa: PT017 - both outcomes are right
    else:
        assert parse(population.text, TERMS) == population


def test_an_unrestricted_population_has_one_alternative_without_criteria() -> None:
    population = parse("any", TERMS)
    assert population.text == "any"
    assert [alternative.criteria for alternative in population.alternatives] == [()]
    assert describe_population(population, TERMS) == "any presentation"


def test_the_phrase_for_people_names_labels_limits_and_alternatives() -> None:
    phrase = describe_population(parse("site=ileum; ki67=(2..20]; absent=MEN1 OR grade=G1 | G2", TERMS), TERMS)
    assert phrase.removeprefix("and one of: ") == "grade: grade 1 or grade 2 — or — primary site: ileum; Ki-67 index > 2 and ≤ 20 %; no MEN1 syndrome"


def test_the_identifier_stays_the_same_over_versions() -> None:
    assert parse("ki67=<3; site=pancreas", TERMS).id == "p-cf80d568a482"
