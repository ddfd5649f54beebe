"""Cases of our own format: what is understood, what is refused and where, and that nothing else can happen."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import CaseError, UnknownTermError
from kg.match.case import CaseReader, from_settings, load_case, read_case, write_case
from kg.match.document import MAX_BYTES, MAX_DEPTH, MAX_YAML_BYTES, parse_document
from kg.match.names import Names, folded, possible
from kg.match.presentation import Fact, Presentation, Unused
from kg.match.questions import SCHEMA_FILE, questions, schema_text
from kg.model.feature import Feature, FeatureKind
from kg.model.interval import Interval
from kg.model.population import Absent, Criterion, OneOf, Within
from kg.prefixes import NET
from kg.terms import Terms
from tests.conftest import ROOT

Read = Callable[..., Presentation]

WHOLE = """\
id: example
site: pancreas
differentiation: well
grade: G2
ki67: 8
mitoses: 4
neoplasm: NET
functioning: false
syndromes: [carcinoid syndrome]
sstr: {status: positive, krenning: 3}
fdg: negative
extent: distant
metastases: [liver]
resectability: unresectable
liver_involvement: 30
size_mm: 25
progression: true
line: 2
prior: [lanreotide]
hereditary: [MEN1]
absent: [carcinoid heart disease]
age: 54
sex: female
pregnant: false
ecog: 1
creatinine_clearance: 75
platelets: 150
molecular: {MGMT: methylated}
"""


@pytest.fixture(scope="module")
def reader(terms: Terms) -> CaseReader:
    return CaseReader(terms)


@pytest.fixture(scope="module")
def read(reader: CaseReader) -> Read:
    return reader.read


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    document = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def said(presentation: Presentation) -> dict[str, str]:
    """Return path → what the fact says, in short."""
    return {fact.path: short(fact.criterion) for fact in presentation.facts}


def short(criterion: Criterion) -> str:
    key = criterion.feature.key
    match criterion:
        case Within():
            return f"{key} {criterion.interval}"
        case OneOf():
            return f"{key} {'|'.join(iri.removeprefix(NET) for iri in criterion.values)}"
    return f"no {key} {criterion.value.removeprefix(NET)}"


def refused(read: Read, document: object, **options: Any) -> CaseError:
    with pytest.raises(CaseError) as caught:
        read(document, where="case.yaml", **options)
    return caught.value


def test_a_whole_case_is_read_with_the_place_of_each_fact(read: Read) -> None:
    presentation = read(yaml.safe_load(WHOLE))
    assert presentation.id == "example"
    assert presentation.unused == ()
    assert said(presentation) == {
        "site": "site Pancreas",
        "neoplasm": "neoplasm NeuroendocrineTumour",
        "differentiation": "differentiation WellDifferentiated",
        "grade": "grade Grade2",
        "ki67": "ki67 8",
        "mitoses": "mitoses 4",
        "functioning": "functioning NonFunctioning",
        "syndromes[0]": "syndromes CarcinoidSyndrome",
        "sstr.status": "sstr SSTRPositive",
        "sstr.krenning": "krenning 3",
        "fdg": "fdg FDGNegative",
        "extent": "extent DistantExtent",
        "metastases[0]": "metastases Liver",
        "resectability": "resectability Unresectable",
        "liver_involvement": "liver_involvement 30",
        "size_mm": "size_mm 25",
        "progression": "progression Progressing",
        "line": "line 2",
        "prior[0]": "prior Lanreotide",
        "hereditary[0]": "hereditary MEN1Syndrome",
        "molecular.MGMT": "molecular MGMTMethylation",
        "absent[0]": "no findings CarcinoidHeartDisease",
        "sex": "sex Female",
        "pregnant": "pregnant NotPregnant",
        "age": "age 54",
        "ecog": "ecog 1",
        "creatinine_clearance": "creatinine_clearance 75",
        "platelets": "platelets 150",
    }


def test_yaml_and_json_say_the_same(read: Read, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "case.json").write_text(json.dumps(yaml.safe_load(WHOLE)), encoding="utf-8")
    (tmp_path / "case").write_text(WHOLE, encoding="utf-8")
    first, *others = (read(load_case(tmp_path / name)) for name in ("case.yaml", "case.json", "case"))
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    "document", [{}, {"grade": "unknown"}, {"grade": None, "ki67": "Unknown", "metastases": "unknown", "absent": None}, {"sstr": {"status": None}}]
)
def test_what_is_not_stated_is_unknown(document: object, read: Read) -> None:
    assert read(document) == Presentation("", ())


@pytest.mark.parametrize(
    ("value", "interval"),
    [
        (3, "3"),
        (3.0, "3"),
        ("3", "3"),
        (Decimal("3.00"), "3"),
        (Decimal("2.999999999999999999"), "2.999999999999999999"),
        (0.1, "0.1"),
        (-0.0, "0"),
        (0, "0"),
        (100, "100"),
        ("3-5", "[3..5]"),
        ("3–5", "[3..5]"),
        ("3 - 5 %", "[3..5]"),
        (">=3", ">=3"),
        ("≥ 3", ">=3"),
        ("<20", "<20"),
        (" < 20 % ", "<20"),
        ("<=20 per cent", "<=20"),
        ("(2..20]", "(2..20]"),
        ({"value": "<20", "unit": "%"}, "<20"),
        ({"value": 8}, "8"),
    ],
)
def test_numbers_are_exact_and_can_be_intervals(value: object, interval: str, read: Read) -> None:
    (fact,) = read({"ki67": value}).facts
    assert isinstance(fact.criterion, Within)
    assert str(fact.criterion.interval) == interval


@pytest.mark.parametrize(
    ("key", "value", "interval"),
    [
        ("size_mm", 25, "25"),
        ("size_mm", "2.5 cm", "25"),
        ("size", "2.5 cm", "25"),
        ("size", "<2cm", "<20"),
        ("size", "1-2 cm", "[10..20]"),
        ("size", {"value": 2.5, "unit": "cm"}, "25"),
        ("mitoses", "4 per 2 mm²", "4"),
        ("mitoses", "4/2 mm2", "4"),
        ("mitoses", "0.9 per mm²", "1.8"),
        ("mitoses", "9 per 10 mm2", "1.8"),
        ("mitoses", "<10 / 10 mm²", "<2"),
        ("mitoses", {"count": 4, "per": "2 mm2"}, "4"),
        ("mitoses", {"count": 4, "per": "mm²"}, "8"),
        ("mitoses", {"count": 4, "per": "10 HPF", "field_mm2": 0.2}, "4"),
        ("mitoses", {"count": "<4", "per": "10 HPF", "field_mm2": "0.25"}, "<3.2"),
        ("mitoses", {"count": 9, "per": "50 high-power fields", "field_mm2": 0.2}, "1.8"),
        ("mitoses", "4 per 10 HPF of 0.2 mm2", "4"),
        ("mitoses", "4 / 10 hpf (0.2 mm²)", "4"),
        ("mitoses", {"count": 7, "per": "10 HPF", "field_mm2": 0.237}, "(5.907172..5.907173)"),
        ("mitoses", {"count": ">=7", "per": "10 HPF", "field_mm2": 0.237}, ">5.907172"),
        ("mitoses", {"count": "<=7", "per": "10 HPF", "field_mm2": 0.237}, "<5.907173"),
        ("mitoses", {"count": 0, "per": "10 HPF", "field_mm2": 0.237}, "0"),
        ("creatinine_clearance", "75 mL/min", "75"),
        ("platelets", "150 × 10⁹/L", "150"),
        ("platelets", "150 10^9/L", "150"),
        ("platelets", "150000/µL", "150"),
        ("platelets", {"value": 150, "unit": "10*9/L"}, "150"),
        ("haemoglobin", "95 g/L", "9.5"),
        ("bilirubin_uln", "1.5 × ULN", "1.5"),
        ("bilirubin_uln", "<=3 times ULN", "<=3"),
        ("bilirubin_uln", {"value": 34, "upper_limit": 17, "unit": "µmol/L"}, "2"),
        ("age", "54 years", "54"),
        ("krenning", "2-3", "[2..3]"),
    ],
)
def test_units_are_converted_exactly(key: str, value: object, interval: str, read: Read) -> None:
    (fact,) = read({key: value}).facts
    assert isinstance(fact.criterion, Within)
    assert str(fact.criterion.interval) == interval
    assert fact.path == key


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        ({"ki67": 101}, "ki67", "101 lies outside the possible values ≥ 0 and ≤ 100 %"),
        ({"ki67": -1}, "ki67", "lies outside the possible values ≥ 0 and ≤ 100 %"),
        ({"ki67": "-1 %"}, "ki67", "lies outside"),
        ({"ki67": "90-110"}, "ki67", "110 lies outside"),
        ({"ki67": "<0"}, "ki67", "no number of Ki-67 index is < 0"),
        ({"ki67": ">100"}, "ki67", "no number of Ki-67 index is > 100"),
        ({"line": 0}, "line", "0 lies outside the possible values ≥ 1"),
        ({"krenning": 5}, "krenning", "≥ 0 and ≤ 4"),
        ({"ki67": "5-3"}, "ki67", "reversed"),
        ({"ki67": "(3..3]"}, "ki67", "empty"),
        ({"ki67": "[3..5"}, "ki67", "bracket on one side"),
        ({"ki67": "2,5"}, "ki67", "the decimal sign is a point"),
        ({"ki67": "about 5"}, "ki67", "not a number or an interval"),
        ({"ki67": "1e3"}, "ki67", "not a number or an interval"),
        ({"ki67": "1234567890123456789"}, "ki67", "not a number or an interval"),
        ({"mitoses": "1" * 5000}, "mitoses", "not a number or an interval"),
        ({"mitoses": 10**18}, "mitoses", "more than 18 digits"),
        ({"mitoses": 10**5000}, "mitoses", "more than 18 digits"),
        ({"mitoses": Decimal("1e999999")}, "mitoses", "more than 18 digits"),
        ({"mitoses": Decimal("1e-19")}, "mitoses", "more than 18 digits"),
        ({"mitoses": Decimal("0.1234567890123456789")}, "mitoses", "more than 18 digits"),
        ({"size": "500000000000000000 cm"}, "size", "more than 18 digits"),
        ({"mitoses": math.nan}, "mitoses", "nan is not a number"),
        ({"mitoses": math.inf}, "mitoses", "inf is not a number"),
        ({"mitoses": Decimal("sNaN")}, "mitoses", "is not a number"),
        ({"mitoses": "NaN"}, "mitoses", "not a number"),
        ({"ki67": True}, "ki67", "True is not a number"),
        ({"ki67": [3, 5]}, "ki67", "not a number or an interval"),
        ({"ki67": {}}, "ki67", "the number itself is missing"),
        ({"ki67": {"value": 3, "units": "%"}}, "ki67", "no key 'units'"),
        ({"ki67": {"value": {"value": 3}}}, "ki67.value", "not a number"),
        ({"ki67": {"value": "3 %", "unit": "%"}}, "ki67.value", "unit is stated twice"),
        ({"ki67": "3 mm"}, "ki67", "'mm' is not a unit of Ki-67 index"),
        ({"size": 25}, "size", "25 has no unit"),
        ({"size": "25"}, "size", "has no unit"),
        ({"size": "2.5 inches"}, "size", "a diameter is a length"),
        ({"size": "2.5 cm", "size_mm": 25}, "size_mm", "stated twice, here and at size"),
        ({"mitoses": "4 per 10 HPF"}, "mitoses", "the area of a field differs between microscopes"),
        ({"mitoses": {"count": 4, "per": "10 HPF"}}, "mitoses", "the area of a field differs between microscopes"),
        ({"mitoses": {"count": 4, "per": "10 HPF", "field_mm2": 0}}, "mitoses.field_mm2", "not a number above zero"),
        ({"mitoses": {"count": 4, "per": "10 HPF", "field_mm2": "<1"}}, "mitoses.field_mm2", "not a number above zero"),
        ({"mitoses": {"count": 4, "per": "2 mm2", "field_mm2": 0.2}}, "mitoses", "no count of fields"),
        ({"mitoses": {"count": 4, "field_mm2": 0.2}}, "mitoses", "no count of fields"),
        ({"mitoses": {"count": 4, "per": "10 HPF of 0.2 mm2", "field_mm2": 0.2}}, "mitoses", "the area of a field is stated twice"),
        ({"mitoses": {"count": 4, "per": "0 mm2"}}, "mitoses", "no count"),
        ({"mitoses": {"count": 4, "per": 2}}, "mitoses.per", "2 is not a unit"),
        ({"mitoses": {"count": 4, "value": 4}}, "mitoses", "the same twice"),
        ({"mitoses": "4 %"}, "mitoses", "'%' is not a unit"),
        ({"creatinine_clearance": "60 mL/min/1.73 m2"}, "creatinine_clearance", "normalised to a body surface"),
        ({"bilirubin_uln": "34 µmol/L"}, "bilirubin_uln", "give the laboratory's limit too"),
        ({"bilirubin_uln": {"value": "2 × ULN", "upper_limit": 17}}, "bilirubin_uln", "needs no upper limit"),
        ({"platelets": "150 g/L"}, "platelets", "is not a unit of platelet count"),
    ],
)
def test_a_wrong_number_is_refused_with_place_and_reason(document: object, path: str, message: str, read: Read) -> None:
    error = refused(read, document)
    assert error.where == f"case.yaml: {path}"
    assert message in f"{error.message} {error.hint}"


@pytest.mark.parametrize(
    ("document", "fact"),
    [
        ({"grade": "G2"}, "grade Grade2"),
        ({"grade": "g2"}, "grade Grade2"),
        ({"grade": "Grade 2"}, "grade Grade2"),
        ({"grade": ["G1", "G2", "G1"]}, "grade Grade1|Grade2"),
        ({"progression": True}, "progression Progressing"),
        ({"progression": "yes"}, "progression Progressing"),
        ({"progression": [True, False]}, "progression NotProgressing|Progressing"),
        ({"site": "midgut"}, "site MidgutSite"),
        ({"site": ["pancreas", "ileum"]}, "site Ileum|Pancreas"),
        ({"site": "unknown primary"}, "site UnknownPrimarySite"),
        ({"neoplasm": "small-cell NEC"}, "neoplasm SmallCellNEC"),
        ({"neoplasm": "large-cell NEC"}, "neoplasm LargeCellNEC"),
        ({"neoplasm": "MiNEN"}, "neoplasm MixedNeuroendocrineNonNeuroendocrineNeoplasm"),
        ({"neoplasm": "typical carcinoid"}, "neoplasm TypicalCarcinoid"),
        ({"neoplasm": "net:NeuroendocrineTumour"}, "neoplasm NeuroendocrineTumour"),
        ({"neoplasm": "https://w3id.org/net-kg/NeuroendocrineTumour"}, "neoplasm NeuroendocrineTumour"),
        ({"syndromes": "Verner–Morrison syndrome"}, "syndromes VernerMorrisonSyndrome"),
        ({"hereditary": "von Hippel-Lindau syndrome"}, "hereditary VonHippelLindauSyndrome"),
        ({"prior": "¹⁷⁷Lu-DOTATATE"}, "prior Lutetium177Dotatate"),
        ({"molecular": ["RET fusion"]}, "molecular RETAlteration"),
        ({"molecular": {"MGMT": "methylated"}}, "molecular MGMTMethylation"),
        ({"molecular": {"MGMT": "unmethylated"}}, "no molecular MGMTMethylation"),
        ({"molecular": {"MSI": "high"}}, "molecular MSIHighOrTMBHigh"),
        ({"metastases": {"liver": "no", "bone": None}}, "no metastases Liver"),
        ({"metastases": {"absent": ["liver"]}}, "no metastases Liver"),
        ({"metastases": {"present": "liver", "absent": "unknown"}}, "metastases Liver"),
        ({"metastases": "none"}, "no metastases AnatomicalSite"),
        ({"metastases": False}, "no metastases AnatomicalSite"),
        ({"metastases": ["liver", "Liver"]}, "metastases Liver"),
        ({"absent": "bone"}, "no metastases BoneSite"),
    ],
)
def test_names_are_understood_as_people_write_them(document: object, fact: str, read: Read, terms: Terms) -> None:
    found = [short(fact.criterion) for fact in read(document).facts]
    assert found == [fact]
    assert all(iri in terms.kinds for one in read(document).facts for iri in getattr(one.criterion, "values", ()))


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        (None, "", "not nothing"),
        ([], "", "not a list"),
        ("grade: G2", "", "not text"),
        (True, "", "not true or false"),
        (3, "", "not 3"),
        ({"grad": "G2"}, "grad", "did you mean grade"),
        ({"primary site": "ileum"}, "'primary site'", "did you mean site"),
        ({"x" * 10_000: 1}, "", "no feature is called"),
        ({3: "G2"}, "", "the key 3 is not text"),
        ({"grade": "G4"}, "grade", "allowed are G1, G2, G3"),
        ({"grade": 2}, "grade", "2 is not a name"),
        ({"grade": True}, "grade", "not a question of yes or no"),
        ({"grade": []}, "grade", "the list is empty"),
        ({"grade": ["G1", "unknown"]}, "grade[1]", "an unknown value among others says nothing"),
        ({"grade": ["G1", ["G2"]]}, "grade[1]", "is not a name"),
        ({"grade": {"value": "G2"}}, "grade", "is not a name"),
        ({"grade": ""}, "grade", "the text is empty"),
        ({"grade": "-"}, "grade", "not a value of grade"),
        ({"grade": "\ud800"}, "grade", "not Unicode"),
        ({"site": "pancras"}, "site", "did you mean pancreas"),
        ({"site": "carcinoid syndrome"}, "site", "'carcinoid syndrome' is not a kind of anatomical site"),
        ({"prior": ["Lutathera"]}, "prior[0]", "did you mean 177Lu-dotatate?"),
        ({"metastases": ["liver", "livr"]}, "metastases[1]", "did you mean liver"),
        ({"metastases": []}, "metastases", "write none, or use absent"),
        ({"metastases": {}}, "metastases", "the mapping is empty"),
        ({"metastases": True}, "metastases", "name what is present"),
        ({"metastases": ["unknown"]}, "metastases[0]", "says nothing"),
        ({"metastases": {"liver": "perhaps"}}, "metastases.liver", "'liver' cannot be 'perhaps'"),
        ({"metastases": {"liver": 3}}, "metastases.liver", "3 is not a name"),
        ({"metastases": {7: "yes"}}, "metastases", "the key 7 is not text"),
        ({"metastases": {"liver": True, "absent": ["hepatic", "liver"]}}, "metastases.absent[0]", "no anatomical site is called 'hepatic'"),
        ({"metastases": {"liver": True, "absent": ["liver"]}}, "metastases.absent[0]", "stated both as absent, here, and as present, at metastases.liver"),
        ({"metastases": ["liver"], "absent": ["bone", "liver"]}, "absent[1]", "liver is stated both as absent, here, and as present, at metastases[0]"),
        ({"findings": ["MGMT methylation"], "absent": ["MGMT methylation"]}, "absent[0]", "stated both"),
        ({"absent": ["G2"]}, "absent[0]", "'G2' is not a value of syndromes or metastases"),
        ({"absent": ["carcinoid heart diseas"]}, "absent[0]", "did you mean carcinoid heart disease"),
        ({"absent": ["RET fusion"]}, "absent[0]", "narrower than 'RET alteration'"),
        ({"absent": {"liver": True}}, "absent", "is not a name"),
        ({"sstr": {}}, "sstr", "the mapping is empty"),
        ({"sstr": {"status": "positive", "krening": 3}}, "sstr", "no key 'krening'"),
        ({"sstr": {"krenning": 3}, "krenning": 3}, "krenning", "stated twice, here and at sstr.krenning"),
        ({"neoplasm": "UBERON:0001264"}, "neoplasm", "no neoplasm is called"),
        ({"id": True}, "id", "not a name of a case"),
        ({"id": ["a"]}, "id", "not a name of a case"),
        ({"id": ""}, "id", "the text is empty"),
    ],
)
def test_what_is_not_understood_is_refused_with_place_and_help(document: object, path: str, message: str, read: Read) -> None:
    error = refused(read, document)
    assert error.where.startswith(f"case.yaml: {path}" if path else "case.yaml")
    assert message in f"{error.message} {error.hint}"
    assert len(error.message) < 400
    assert str(error).endswith(f"hint: {error.hint}") or not error.hint


def test_a_wide_or_deep_or_circular_value_is_refused_shortly(read: Read) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    circular: dict[str, object] = {}
    circular["liver"] = circular
    for value in (deep, circular, ["x" * 10**6], object()):
        for key in ("site", "ki67", "metastases", "grade", "sstr", "absent", "id"):
            assert len(str(refused(read, {key: value}))) < 1000


def test_an_absent_value_is_absent_in_every_set_to_which_it_belongs(read: Read) -> None:
    assert [short(fact.criterion) for fact in read({"absent": ["MGMT methylation"]}).facts] == [
        "no molecular MGMTMethylation",
        "no findings MGMTMethylation",
    ]


def test_facts_do_not_depend_on_the_order_of_the_document(read: Read) -> None:
    document = yaml.safe_load(WHOLE) | {"metastases": ["liver", "bone"]}
    other = dict(reversed(list(document.items()))) | {"metastases": ["bone", "liver"]}
    assert [fact.criterion for fact in read(document).facts] == [fact.criterion for fact in read(other).facts]


def test_the_words_of_a_fact_are_those_of_the_document(read: Read) -> None:
    document = {"grade": ["G1", "G2"], "progression": False, "mitoses": {"count": 4, "per": "10 HPF", "field_mm2": 0.2}, "metastases": ["Liver"]}
    assert [fact.text for fact in read(document).facts] == ["G1 or G2", "count: 4, per: 10 HPF, field_mm2: 0.2", "Liver", "false"]


def test_places_can_be_those_of_the_document_that_the_case_was_made_from(read: Read) -> None:
    origins = {"metastases[1]": "phenotypicFeatures[3]", "metastases": "phenotypicFeatures", "ki67": "measurements[0].value"}
    presentation = read({"metastases": ["liver", "bone"], "ki67": 3, "grade": "G2"}, origins=origins)
    assert {fact.path for fact in presentation.facts} == {"phenotypicFeatures", "phenotypicFeatures[3]", "measurements[0].value", "grade"}
    error = refused(read, {"ki67": {"value": 300}}, origins=origins)
    assert error.where == "case.yaml: measurements[0].value"


class Mapped:
    """A small vocabulary."""

    TERMS: ClassVar = {
        "NCIT:1": [("NeuroendocrineTumour", "skos:exactMatch"), ("Neoplasm", "skos:broadMatch")],
        "NCIT:2": [("Liver", "http://www.w3.org/2004/02/skos/core#closeMatch")],
        "NCIT:3": [("BoneSite", "narrowMatch")],
        "NCIT:4": [("BoneSite", "broadMatch")],
        "NCIT:5": [("BoneSite", "exactMatch"), ("Liver", "exactMatch")],
        "NCIT:6": [],
    }

    def lookup(self, identifier: str, /) -> list[tuple[str, str]]:
        return [(NET + name, predicate) for name, predicate in self.TERMS[identifier]]


def test_identifiers_of_other_vocabularies_count_where_the_mapping_allows_it(terms: Terms) -> None:
    document = {"neoplasm": "NCIT:1", "metastases": {"present": ["NCIT:3"]}, "site": ["pancreas", "NCIT:2"], "absent": ["liver"]}
    presentation = read_case(document, terms, vocabulary=Mapped())
    assert [short(fact.criterion) for fact in presentation.facts] == ["neoplasm NeuroendocrineTumour", "metastases BoneSite", "no metastases Liver"]
    reason = "it is no exact match: liver has it as closeMatch, from which presence does not follow"
    assert presentation.unused == (Unused("site[1]", "NCIT:2", reason),)


def test_absence_follows_from_a_broader_identifier_and_presence_from_a_narrower_one(terms: Terms) -> None:
    present = read_case({"metastases": ["NCIT:3", "NCIT:4"]}, terms, vocabulary=Mapped())
    absent = read_case({"absent": ["NCIT:3", "NCIT:4"]}, terms, vocabulary=Mapped())
    assert (said(present), [unused.text for unused in present.unused]) == ({"metastases[0]": "metastases BoneSite"}, ["NCIT:4"])
    assert (said(absent), [unused.text for unused in absent.unused]) == ({"absent[1]": "no metastases BoneSite"}, ["NCIT:3"])


@pytest.mark.parametrize(("code", "message"), [("NCIT:5", "can mean several"), ("NCIT:6", "is not mapped"), ("NCIT:1", "is not a value of metastasis in")])
def test_an_identifier_that_names_no_value_is_refused(code: str, message: str, terms: Terms) -> None:
    with pytest.raises(CaseError, match=message):
        read_case({"metastases": [code]}, terms, vocabulary=Mapped())


def test_settings_say_the_same_as_a_document(terms: Terms) -> None:
    given_as = ["site=[pancreas, ileum]", "ki67=>=3", "progression=true", "metastases = liver", "sstr={status: positive, krenning: 3}", "size=2.5 cm"]
    presentation = from_settings(given_as, terms)
    assert {fact.path for fact in presentation.facts} == {"--set site", "--set ki67", "--set progression", "--set metastases", "--set sstr", "--set size"}
    document = {"site": ["pancreas", "ileum"], "ki67": ">=3", "progression": True, "metastases": "liver", "sstr": "positive", "krenning": 3, "size_mm": 25}
    assert criteria(presentation) == criteria(read_case(document, terms))


@pytest.mark.parametrize(
    ("arguments", "where", "message"),
    [
        (["grade"], "--set", "not of the form key=value"),
        (["=G2"], "--set", "not of the form key=value"),
        (["grade="], "--set", "not of the form key=value"),
        (["grade=G1", "grade=G2"], "--set", "set twice"),
        (["size_mm=20", "size=2 cm"], "--set size", "stated twice, here and at --set size_mm"),
        (["grade=G4"], "--set grade", "allowed are G1, G2, G3"),
        (["grad=G1"], "--set grad", "did you mean grade"),
        (["site=[pancreas"], "--set site", "not well formed"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_option(arguments: list[str], where: str, message: str, terms: Terms) -> None:
    with pytest.raises(CaseError) as caught:
        from_settings(arguments, terms)
    assert caught.value.where == where
    assert message in f"{caught.value.message} {caught.value.hint}"


# Files


def loaded(tmp_path: Path, text: str | bytes, name: str = "case.yaml") -> object:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_case(path)


@pytest.mark.parametrize(
    ("name", "text", "where", "message"),
    [
        ("case.yaml", "", "case.yaml", "is empty"),
        ("case.yaml", " \n", "case.yaml", "is empty"),
        ("case.yaml", "# nothing\n", "case.yaml", "is empty"),
        ("case.yaml", "---\n", "case.yaml", "is empty"),
        ("case.json", "", "case.json", "is empty"),
        ("case.yaml", "grade: G1\nki67: 3\ngrade: G2\n", "case.yaml:3", "the key 'grade' is stated twice"),
        ("case.yaml", "grade: G1\n'grade': G1\n", "case.yaml:2", "stated twice"),
        ("case.json", '{"sstr": {"status": 1, "status": 1}}', "case.json: sstr", "the key 'status' is stated twice"),
        ("case.yaml", "grade: G1\n---\ngrade: G2\n", "case.yaml:2", "more than one document"),
        ("case.json", '{"grade": "G1"}\n{"grade": "G2"}\n', "case.json:2", "more than one document"),
        ("case.yaml", "a: &a [1]\nb: *a\n", "case.yaml:1", "anchors and aliases"),
        ("case.yaml", "a: *a\n", "case.yaml:1", "anchors and aliases"),
        ("case.yaml", "&a a: 1\n", "case.yaml:1", "anchors and aliases"),
        ("case.yaml", "grade: !!python/object:os.system x\n", "case.yaml:1", "the tag"),
        ("case.yaml", "!!set {a}\n", "case.yaml:1", "the tag"),
        ("case.yaml", "[a, b]: c\n", "case.yaml:1", "a key is a single word or text"),
        ("case.yaml", "ki67: >=3\n", "case.yaml:1", "between quotes"),
        ("case.yaml", "grade: [G1\n", "case.yaml:2", "not well formed"),
        ("case.yaml", "grade:\tG1\n\tx: 1\n", "case.yaml:2", "not well formed"),
        ("case.yaml", "grade: G1\nid: \x01\n", "case.yaml:2", "not well formed"),
        ("case.yaml", "ki67: .nan\n", "case.yaml:1", ".nan is not a number"),
        ("case.yaml", "ki67: -.inf\n", "case.yaml:1", "-.inf is not a number"),
        ("case.yaml", "ki67: 1e99999999999999999999\n", "case.yaml:1", "too large or too small"),
        ("case.json", '{"ki67": NaN}', "case.json: ki67", "NaN is not a number"),
        ("case.json", '{"ki67": [-Infinity]}', "case.json: ki67[0]", "-Infinity is not a number"),
        ("case.json", '{"ki67": 1e99999999999999999999}', "case.json", "too large or too small"),
        ("case.json", "{grade: G1}", "case.json:1", "not well formed"),
        ("case.json", '{"a": "\n"}', "case.json:1", "not well formed"),
        ("case.yaml", b"grade: G1\nid: \xff\n", "case.yaml:2", "is not UTF-8 text"),
        ("case.json", "{}".encode("utf-16"), "case.json:1", "is not UTF-8 text"),
        ("case.json", "[" * 100_000, "case.json", "nested more than"),
        ("case.json", "[" * 80 + "]" * 80, "case.json", "nested more than"),
        ("case.yaml", "[" * 80 + "]" * 80, "case.yaml:1", "nested more than"),
        ("case.yaml", "- " * 50_000 + "a", "case.yaml:1", "nested more than"),
        ("case.yaml", '{"a":' * 50_000, "case.yaml:1", "nested more than"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_place(name: str, text: str | bytes, where: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        loaded(tmp_path, text, name)
    assert caught.value.where == where
    assert message in f"{caught.value.message} {caught.value.hint}"


def test_unquoted_yaml_means_what_it_says(tmp_path: Path) -> None:
    text = "a: no\nb: on\nc: 012\nd: 1:30\ne: 2026-11-21\nf: 1_000\ng: 0x10\nh: true\ni: ~\nj: 3\nk: 2.50\nl: '3'\nm: <<\nn: -1\no: !!str 3\n'<<': x\n"
    expected = {
        "a": "no",
        "b": "on",
        "c": "012",
        "d": "1:30",
        "e": "2026-11-21",
        "f": "1_000",
        "g": "0x10",
        "h": True,
        "i": None,
        "j": 3,
        "k": Decimal("2.50"),
        "l": "3",
        "m": "<<",
        "n": -1,
        "o": "3",
        "<<": "x",
    }
    found = loaded(tmp_path, text)
    assert found == expected
    assert isinstance(found, dict)
    assert isinstance(found["k"], Decimal)


def test_a_byte_order_mark_and_the_deepest_nesting_are_read(tmp_path: Path) -> None:
    assert loaded(tmp_path, b"\xef\xbb\xbfgrade: G1\n") == {"grade": "G1"}
    for name in ("case.yaml", "case.json"):
        loaded(tmp_path, "[" * MAX_DEPTH + "]" * MAX_DEPTH, name)


def test_a_number_of_json_keeps_its_digits(tmp_path: Path, read: Read) -> None:
    (fact,) = read(loaded(tmp_path, '{"ki67": 2.999999999999999999}', "case.json")).facts
    assert isinstance(fact.criterion, Within)
    assert Decimal(3) not in fact.criterion.interval


def test_a_gigabyte_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    with path.open("wb") as stream:
        stream.truncate(2**30)
    with pytest.raises(CaseError, match=f"larger than {MAX_BYTES // 2**20} MiB") as caught:
        load_case(path)
    assert caught.value.where == "case.json"


def test_a_large_yaml_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="larger than 1 MiB"):
        loaded(tmp_path, "id: " + "a" * MAX_YAML_BYTES)


def test_an_aliases_bomb_is_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    with pytest.raises(CaseError, match="anchors and aliases"):
        loaded(tmp_path, "\n".join(lines))


@pytest.mark.parametrize("name", ["missing.yaml", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="cannot be read") as caught:
        load_case(tmp_path / name)
    assert str(tmp_path) in caught.value.where


# The published schema


def test_the_schema_follows_from_the_ontology(terms: Terms) -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(terms)


def test_the_script_compares_the_schema() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "describe-cases"), "--check"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_whole_case_and_all_examples_are_valid_and_read(terms: Terms, read: Read, schema: jsonschema.Draft202012Validator) -> None:
    schema.validate(yaml.safe_load(WHOLE))
    for question in questions(terms):
        assert question.examples
        for example in question.examples:
            document = {question.key: example}
            schema.validate(document)
            assert read(document).facts
            assert read(document).unused == ()


def test_no_name_of_a_feature_means_two_values(terms: Terms) -> None:
    for feature in terms.features.values():
        if feature.kind is FeatureKind.NUMBER:
            continue
        owners: dict[str, set[str]] = {}
        for iri in possible(feature, terms):
            for name in (terms.labels[iri], iri.removeprefix(NET), *terms.synonyms.get(iri, {}).get("exact", [])):
                owners.setdefault(folded(name), set()).add(iri)
        assert {name: iris for name, iris in owners.items() if len(iris) > 1} == {}


def test_a_narrow_synonym_of_two_values_is_refused() -> None:
    root, first, second = (NET + name for name in ("Root", "First", "Second"))
    synonyms = {iri: {"narrow": ["both"]} for iri in (first, second)}
    terms = Terms(labels={root: "root", first: "first", second: "second"}, synonyms=synonyms, children={root: {first, second}})
    with pytest.raises(UnknownTermError, match="can mean several values") as caught:
        Names(Feature("set", NET + "hasSet", "has set", FeatureKind.SET, root), terms).find("both")
    assert caught.value.hint == "write one of 'first', 'second'"


# Whatever comes


def criteria(presentation: Presentation) -> list[Criterion]:
    return [fact.criterion for fact in presentation.facts]


def numbers() -> st.SearchStrategy[object]:
    decimals = st.decimals(min_value="1.001", max_value="3.999", places=3)
    return st.one_of(
        st.integers(1, 4),
        decimals,
        st.floats(1, 4),
        decimals.map(lambda number: f"<{number}"),
        decimals.map(lambda number: f">= {number}"),
        st.tuples(st.integers(1, 2), st.integers(3, 4)).map(lambda ends: f"{ends[0]}-{ends[1]}"),
        st.tuples(st.integers(1, 2), st.integers(3, 4)).map(lambda ends: f"({ends[0]}..{ends[1]}]"),
    )


def forms(feature: Feature, terms: Terms) -> st.SearchStrategy[object]:
    """All forms of a value that is understood: labels, synonyms, codes, IRIs; alone, in lists, in mappings."""
    if feature.kind is FeatureKind.NUMBER:
        return numbers()
    names: dict[str, None] = {}
    for iri in possible(feature, terms):
        names |= dict.fromkeys((terms.labels[iri], iri.removeprefix(NET), iri, *terms.synonyms.get(iri, {}).get("exact", [])))
    name = st.sampled_from(list(names))
    several = st.lists(name, min_size=1, max_size=3)
    if feature.kind is not FeatureKind.SET:
        return name | several
    both = st.fixed_dictionaries({"present": several, "absent": several})
    return st.one_of(name, several, both, st.dictionaries(name, st.sampled_from([True, False, "yes", "no"]), min_size=1, max_size=3), st.just("none"))


@pytest.fixture(scope="module")
def cases(terms: Terms) -> st.SearchStrategy[dict[str, object]]:
    """Cases that are understood, but for a value that is both present and absent."""
    keys: dict[Any, st.SearchStrategy[object]] = {feature.key: forms(feature, terms) for feature in terms.features.values()}
    sets = [feature for feature in terms.features.values() if feature.kind is FeatureKind.SET]
    absent = sorted({iri.removeprefix(NET) for feature in sets for iri in possible(feature, terms)})
    keys["absent"] = st.lists(st.sampled_from(absent), min_size=1, max_size=3)
    keys["id"] = st.text("abcäöü-_ 019", min_size=1, max_size=8).filter(lambda text: bool(text.strip()))
    return st.sets(st.sampled_from(list(keys)), max_size=8).flatmap(lambda chosen: st.fixed_dictionaries({key: keys[key] for key in sorted(chosen)}))


@settings(max_examples=200)
@given(data=st.data())
def test_what_is_written_reads_the_same_again(
    data: st.DataObject, cases: st.SearchStrategy[dict[str, object]], read: Read, terms: Terms, schema: jsonschema.Draft202012Validator
) -> None:
    document = data.draw(cases)
    try:
        first = read(document)
    except CaseError as error:
        assert "stated both" in error.message  # a value of two sets, present in one and absent in the other  # noqa: PT017
        return
    written = write_case(first, terms)
    schema.validate(written)
    for again in (written, json.loads(json.dumps(written)), parse_document(json.dumps(written).encode(), where="x"), yaml.safe_load(yaml.safe_dump(written))):
        second = read(again)
        assert criteria(second) == criteria(first)
        assert second.id == first.id
        assert write_case(second, terms) == written


def test_the_whole_case_is_written_in_its_own_form(read: Read, terms: Terms) -> None:
    written = write_case(read(yaml.safe_load(WHOLE)), terms)
    assert written["absent"] == ["CarcinoidHeartDisease"]
    assert written["molecular"] == ["MGMTMethylation"]
    assert (written["grade"], written["functioning"], written["ki67"], written["id"]) == ("G2", False, 8, "example")


def test_facts_that_no_case_can_state_are_not_written(terms: Terms) -> None:
    features = terms.features
    for pair in (
        [Within(features["ki67"], Interval(low=Decimal(3))), Within(features["ki67"], Interval(high=Decimal(5)))],
        [OneOf(features["metastases"], (NET + "BoneSite", NET + "Liver"))],
        [Absent(features["grade"], NET + "Grade1")],
    ):
        with pytest.raises(CaseError):
            write_case(Presentation("x", tuple(Fact(criterion, "", "") for criterion in pair)), terms)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.decimals()
    | st.sampled_from([3, "3-5", "yes", "liver", "G2", "unknown", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.sampled_from(["value", "unit", "per", "count", "present"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=400)
@given(data=st.data())
def test_any_document_is_read_or_refused(data: st.DataObject, read: Read, terms: Terms, schema: jsonschema.Draft202012Validator) -> None:
    keys = st.sampled_from([*terms.features, "id", "absent", "size"])
    document = data.draw(JSON | st.dictionaries(keys | st.text(max_size=4), JSON, max_size=3))
    try:
        presentation = read(document)
    except CaseError as error:
        str(error).encode()
        return
    assert isinstance(document, dict)
    assert schema.is_valid(document), "the schema refuses what is read"
    paths = [fact.path for fact in presentation.facts]
    for key, value in document.items():
        assert says_nothing(value) or key == "id" or any(path.partition("[")[0].partition(".")[0] == key for path in paths), "something is gone"


def says_nothing(value: object) -> bool:
    """Return whether a value, as far as it was read, is unknown."""
    if isinstance(value, dict):
        return all(says_nothing(member) for member in value.values())
    return value is None or (isinstance(value, str) and value.strip().casefold() == "unknown")


@given(count=st.integers(0, 500), fields=st.integers(1, 60), field=st.decimals("0.01", "9.999", places=3))
def test_a_converted_count_lies_within_its_interval(count: int, fields: int, field: Decimal, read: Read) -> None:
    exact = Fraction(count) * 2 / (fields * Fraction(field))
    (fact,) = read({"mitoses": {"count": count, "per": f"{fields} HPF", "field_mm2": field}}).facts
    assert isinstance(fact.criterion, Within)
    low, high = fact.criterion.interval.low, fact.criterion.interval.high
    assert low is not None
    assert high is not None
    assert low == high == exact or low < exact < high
    assert high - low <= Decimal("0.000001")


@settings(max_examples=300)
@given(key=st.sampled_from(["ki67", "mitoses", "size", "platelets", "line"]), text=st.text("0123459.,<>=-–−()[] %/mcperHPFofE+^*²⁹µL\n", max_size=16))
def test_any_text_for_a_number_is_a_possible_interval_or_refused(key: str, text: str, read: Read) -> None:
    try:
        (fact,) = read({key: text}).facts
    except CaseError:
        return
    assert isinstance(fact.criterion, Within)
    interval, feature = fact.criterion.interval, fact.criterion.feature
    for end in (interval.low, interval.high):
        assert end is None or end in Interval(feature.low, feature.high)
    assert Interval.parse(str(interval)) == interval


@settings(max_examples=300)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | st.text("{}[]:,&*!|>'\"#- \n\tab1.", max_size=40).map(str.encode))
def test_any_bytes_are_plain_values_or_refused(data: bytes) -> None:
    for form in ("json", "yaml", ""):
        try:
            document = parse_document(data, where="x", form=form)
        except CaseError as error:
            assert error.where.startswith("x")  # noqa: PT017
        else:
            assert is_plain(document)


def is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(member) for key, member in value.items())
    if isinstance(value, list):
        return all(is_plain(member) for member in value)
    return value is None or isinstance(value, bool | int | str) or (isinstance(value, Decimal) and value.is_finite())


def test_a_regional_node_is_no_distant_metastasis(terms: Terms) -> None:
    with pytest.raises(CaseError, match="no distant metastasis") as caught:
        read_case({"metastases": ["liver", "regional lymph node"]}, terms)
    assert "nodes: positive" in str(caught.value.hint)
