"""Typical patients of the trials on which licences rest, and of all phase 3 trials, lie in the trials' populations.

Each patient is made from the trial's published criteria and baseline table, as its row and its note keep them. One
criterion broken at a time, often by as little as its limit allows, takes the patient out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox
import pytest

import kg
from kg.match.case import CaseReader
from kg.match.engine import Engine
from kg.match.verdict import Verdict
from kg.model.population import Population, parse
from kg.prefixes import NET
from kg.store import select
from kg.terms import Terms

Case = Mapping[str, object]
PHASES = ("Phase2Per3", "Phase3", "Phase3b")


@dataclass(frozen=True)
class Patient:
    """A patient typical of a trial.

    :param trial: key of the trial
    :param breaks: changes, each of which breaks one criterion; the value ``None`` leaves a key out
    """

    trial: str
    case: Case
    breaks: tuple[Case, ...]

    def __str__(self) -> str:
        return f"{self.trial}-{self.case.get('site', self.case.get('neoplasm', ''))}"


NET_TUMOUR: Case = {"neoplasm": "NET"}
METASTATIC: Case = {"extent": "distant", "metastases": ["liver"]}
PROGRESSIVE: Case = {"progression": True}
SYNDROME: Case = {"neoplasm": "NET", "syndromes": ["carcinoid syndrome"]}
SYSTEMIC_BUT_ANALOGUES = [
    "peptide receptor radionuclide therapy",
    "therapeutic somatostatin receptor radioligand",
    "mTOR inhibitor",
    "tyrosine kinase inhibitor",
]
NO_CHEMOTHERAPY = ["cytotoxic drug", "chemotherapy regimen", "cytotoxic chemotherapy"]

PATIENTS = (
    Patient(
        "131I-MIBG-high-specific-activity",
        {"neoplasm": "phaeochromocytoma", **METASTATIC, "syndromes": ["catecholamine excess"], "age": 55},
        ({"neoplasm": "NET"}, {"metastases": None, "extent": "localised", "resectability": "resectable"}),
    ),
    Patient(
        "A6181111",
        {**NET_TUMOUR, "site": "pancreas", **METASTATIC, **PROGRESSIVE, "ecog": 0, "age": 56},
        ({"site": "ileum"}, {"progression": False}, {"neoplasm": "NEC"}),
    ),
    Patient(
        "ACTION-1",
        {
            **NET_TUMOUR, "site": "ileum", "grade": "G2", "ki67": 8, "sstr": "positive", **METASTATIC, "resectability": "unresectable",
            **PROGRESSIVE, "prior": ["lanreotide", "177Lu-dotatate"], "ecog": 1, "age": 63,
        },
        ({"prior": {"present": ["lanreotide"], "absent": ["peptide receptor radionuclide therapy"]}}, {"ki67": 20.01, "grade": None}, {"ecog": 3}, {"age": 17}),
    ),
    Patient(
        "ALPHAMEDIX-01",
        {**NET_TUMOUR, "site": "pancreas", "sstr": "positive", **METASTATIC, "absent": ["peptide receptor radionuclide therapy"]},
        ({"sstr": "negative"}, {"absent": None, "prior": ["177Lu-dotatate"]}),
    ),
    Patient(
        "ALPHAMEDIX-02",
        {**NET_TUMOUR, "site": "ileum", "sstr": "positive", **METASTATIC, "absent": ["peptide receptor radionuclide therapy"]},
        ({"site": "lung"}, {"sstr": "negative"}),
    ),
    Patient(
        "ALPHAMEDIX-02",
        {**NET_TUMOUR, "site": "pancreas", "sstr": "positive", **METASTATIC, **PROGRESSIVE, "prior": ["177Lu-dotatate"]},
        ({"progression": False},),
    ),
    Patient(
        "AXINET",
        {
            **NET_TUMOUR, "site": "ileum", "grade": "G2", "ki67": 10, **METASTATIC, **PROGRESSIVE, "line": 2, "prior": ["octreotide LAR"],
            "absent": ["VEGFR tyrosine kinase inhibitor", "anti-VEGF antibody"],
        },
        ({"site": "pancreas"}, {"line": 4}, {"absent": None, "prior": ["bevacizumab"]}),
    ),
    Patient(
        "CABINET",
        {
            **NET_TUMOUR, "site": "ileum", "grade": "G2", **METASTATIC, **PROGRESSIVE, "line": 3, "prior": ["octreotide LAR", "everolimus"],
            "age": 66,
        },
        ({"progression": False}, {"line": 1}, {"neoplasm": "NEC", "grade": None}),
    ),
    Patient(
        "CABINET",
        {**NET_TUMOUR, "site": "pancreas", "grade": "G2", **METASTATIC, **PROGRESSIVE, "line": 4, "prior": ["sunitinib", "177Lu-dotatate"], "age": 60},
        (
            {"prior": {"present": ["lanreotide"], "absent": SYSTEMIC_BUT_ANALOGUES}},
            {"metastases": None, "extent": "localised"},
        ),
    ),
    Patient(
        "CAREFNDR",
        {**SYNDROME, "site": "ileum", "grade": "G1", "findings": ["flushing"], "age": 61},
        ({"grade": "G3"}, {"age": 17}, {"findings": None, "absent": ["flushing"]}),
    ),
    Patient(
        "CASPIAN",
        {"neoplasm": "small cell lung carcinoma", **METASTATIC, "line": 1, "age": 63, "ecog": 1},
        ({"line": 2}, {"neoplasm": "large cell NEC"}, {"metastases": None, "extent": "localised"}),
    ),
    Patient(
        "CLARINET",
        {
            **NET_TUMOUR, "site": "pancreas", "grade": "G1", "ki67": 2, "functioning": False, "sstr": {"status": "positive", "krenning": 3}, **METASTATIC,
            "progression": False, "line": 1, "absent": ["somatostatin analogue", "nuclear medicine therapy", "therapeutic radioligand"],
        },
        (
            {"ki67": 10, "grade": "G2"},
            {"functioning": True},
            {"sstr": {"status": "positive", "krenning": 1}},
            {"sstr": {"status": "negative", "krenning": 3}},
            {"site": "lung"},
            {"site": "transverse colon"},
            {"absent": ["nuclear medicine therapy", "therapeutic radioligand"], "prior": ["octreotide LAR"]},
        ),
    ),
    Patient(
        "CLARINET-OLE",
        {**NET_TUMOUR, "site": "ileum", "grade": "G2", "ki67": 8, "functioning": False, "sstr": "positive", **METASTATIC, "line": 1},
        ({"functioning": True}, {"sstr": "negative"}, {"ki67": 10.1}),
    ),
    Patient(
        "COMPETE",
        {
            **NET_TUMOUR, "site": "pancreas", "grade": "G2", "ki67": 10, "functioning": True, "sstr": "positive", **METASTATIC, **PROGRESSIVE, "line": 2,
            "age": 64,
        },
        ({"site": "ileum"}, {"progression": False}, {"line": 3}, {"sstr": "negative"}),
    ),
    Patient(
        "COMPETE",
        {**NET_TUMOUR, "site": "ileum", "grade": "G1", "ki67": 2, "functioning": False, "sstr": "positive", **METASTATIC, **PROGRESSIVE, "line": 2, "age": 64},
        ({"functioning": True}, {"grade": "G3", "ki67": 21}, {"age": 17.9}),
    ),
    Patient(
        "COMPOSE",
        {
            **NET_TUMOUR, "site": "pancreas", "grade": "G3", "ki67": 30, "sstr": "positive", **METASTATIC, "line": 1, "age": 58,
            "absent": ["peptide receptor radionuclide therapy"],
        },
        ({"grade": "G2", "ki67": 14.9}, {"ki67": 55.1}, {"line": 3}, {"absent": None, "prior": ["177Lu-edotreotide"]}),
    ),
    Patient(
        "DeLLphi-301",
        {"neoplasm": "small cell lung carcinoma", **METASTATIC, **PROGRESSIVE, "line": 3, "prior": ["carboplatin plus etoposide", "topotecan"]},
        ({"line": 2}, {"progression": False}),
    ),
    Patient(
        "DeLLphi-304",
        {"neoplasm": "small cell NEC", "site": "lung", **METASTATIC, **PROGRESSIVE, "line": 2, "prior": ["carboplatin plus etoposide"], "age": 64},
        ({"line": 3}, {"site": "rectum"}),
    ),
    Patient(
        "ELECT",
        {**SYNDROME, "site": "ileum", **METASTATIC, "prior": ["octreotide LAR"], "age": 59},
        ({"site": "lung"}, {"age": 17}, {"metastases": None, "extent": "locoregional"}),
    ),
    Patient(
        "ELECT",
        {**SYNDROME, "site": "unknown primary", **METASTATIC, "age": 59},
        ({"metastases": {"present": ["bone"], "absent": ["liver"]}},),
    ),
    Patient(
        "Erasmus-MC-phase-I-II",
        {**NET_TUMOUR, "site": "bronchus", "sstr": "positive", **METASTATIC},
        ({"sstr": "heterogeneous"}, {"site": "thymus"}),
    ),
    Patient(
        "IMpower133",
        {"neoplasm": "small cell lung carcinoma", **METASTATIC, "line": 1, "age": 64},
        ({"line": 2}, {"neoplasm": "small cell NEC", "site": "oesophagus"}),
    ),
    Patient(
        "LEVEL",
        {
            "neoplasm": "atypical carcinoid", "site": "lung", "sstr": "positive", **METASTATIC, **PROGRESSIVE, "age": 62,
            "absent": ["peptide receptor radionuclide therapy", "mTOR inhibitor"],
        },
        (
            {"progression": False},
            {"sstr": "negative"},
            {"absent": ["peptide receptor radionuclide therapy"], "prior": ["everolimus"]},
            {"neoplasm": "NEC"},
        ),
    ),
    Patient(
        "LITESPARK-004",
        {**NET_TUMOUR, "site": "pancreas", "hereditary": ["von Hippel–Lindau syndrome"], "extent": "localised", "line": 1, "size_mm": 25, "age": 41},
        ({"extent": "distant"}, {"line": 2}, {"hereditary": ["MEN1"], "absent": ["von Hippel–Lindau syndrome"]}),
    ),
    Patient(
        "LITESPARK-015",
        {"neoplasm": "paraganglioma", **METASTATIC, **PROGRESSIVE, "age": 47},
        ({"progression": False}, {"neoplasm": "NET"}),
    ),
    Patient(
        "Moertel-1992",
        {**NET_TUMOUR, "site": "pancreas", **METASTATIC, "line": 1, "absent": NO_CHEMOTHERAPY},
        ({"absent": None, "prior": ["streptozocin"]}, {"line": 2}, {"site": "duodenum"}),
    ),
    Patient(
        "NETTER-1",
        {
            **NET_TUMOUR, "site": "ileum", "grade": "G1", "ki67": 2, "sstr": {"status": "positive", "krenning": 4}, **METASTATIC, **PROGRESSIVE,
            "prior": ["octreotide LAR"], "line": 2, "age": 63,
        },
        (
            {"site": "pancreas"},
            {"site": "rectum"},
            {"sstr": {"status": "positive", "krenning": 1}},
            {"prior": {"present": ["lanreotide"], "absent": ["octreotide"]}},
            {"progression": False},
            {"grade": "G3", "ki67": 21},
        ),
    ),
    Patient(
        "NETTER-2",
        {
            **NET_TUMOUR, "site": "pancreas", "grade": "G2", "ki67": 16, "sstr": {"status": "positive", "krenning": 4}, **METASTATIC, "line": 1, "age": 61,
            "absent": ["peptide receptor radionuclide therapy"],
        },
        (
            {"ki67": 9.9},
            {"grade": "G3", "ki67": 55.1},
            {"sstr": {"status": "positive", "krenning": 2}},
            {"age": 14},
            {"site": "lung"},
            {"line": 2},
        ),
    ),
    Patient(
        "NETTER-3",
        {**NET_TUMOUR, "site": "ileum", "grade": "G2", "ki67": 9.9, "sstr": "positive", "burden": "high", **METASTATIC, "line": 1, "age": 60},
        ({"ki67": 10}, {"burden": "low"}, {"age": 11}),
    ),
    Patient(
        "NETTER-P",
        {
            **NET_TUMOUR, "site": "pancreas", "grade": "G2", "ki67": 5, "sstr": "positive", **METASTATIC, "creatinine_clearance": 100, "haemoglobin": 12,
            "platelets": 200, "bilirubin_uln": 1, "age": 15,
        },
        ({"age": 18}, {"age": 11.9}, {"creatinine_clearance": 69.9}, {"platelets": 74}, {"haemoglobin": "79 g/L"}, {"bilirubin_uln": 3.1}),
    ),
    Patient(
        "NETTER-P",
        {
            "neoplasm": "paraganglioma", "sstr": "positive", **METASTATIC, "creatinine_clearance": 70, "haemoglobin": 8, "platelets": 75,
            "bilirubin_uln": 3, "age": 12,
        },
        ({"sstr": "negative"}, {"neoplasm": "medullary thyroid carcinoma"}),
    ),
    Patient(
        "PROMID",
        {**NET_TUMOUR, "site": "ileum", **METASTATIC, "line": 1, "absent": [*NO_CHEMOTHERAPY, "interferon", "transarterial chemoembolisation"]},
        ({"site": "pancreas"}, {"absent": NO_CHEMOTHERAPY, "prior": ["interferon alpha"]}, {"line": 2}),
    ),
    Patient(
        "Pasireotide-LAR-carcinoid",
        {**SYNDROME, "site": "ileum", **METASTATIC, "prior": ["octreotide LAR"], "findings": ["uncontrolled hormonal symptoms"]},
        ({"site": "lung"}, {"findings": None, "absent": ["uncontrolled hormonal symptoms"]}, {"metastases": None, "extent": "locoregional"}),
    ),
    Patient(
        "RADIANT-2",
        {**SYNDROME, "site": "ileum", "grade": "G1", **METASTATIC, **PROGRESSIVE},
        ({"syndromes": None, "functioning": False}, {"progression": False}, {"grade": "G3"}),
    ),
    Patient(
        "RADIANT-3",
        {**NET_TUMOUR, "site": "pancreas", "grade": "G2", **METASTATIC, **PROGRESSIVE, "prior": ["octreotide LAR"], "line": 2},
        ({"grade": "G3"}, {"site": "ileum"}, {"progression": False}),
    ),
    Patient(
        "RADIANT-4",
        {**NET_TUMOUR, "site": "lung", "grade": "G1", "functioning": False, **METASTATIC, **PROGRESSIVE, "age": 64},
        ({"syndromes": ["carcinoid syndrome"], "functioning": None}, {"site": "pancreas"}, {"site": "thymus"}),
    ),
    Patient(
        "SANET-ep",
        {**NET_TUMOUR, "site": "rectum", "grade": "G2", **METASTATIC, **PROGRESSIVE, "line": 2},
        ({"site": "pancreas"}, {"line": 4}, {"grade": "G3"}),
    ),
    Patient(
        "SANET-p",
        {**NET_TUMOUR, "site": "pancreas", "grade": "G2", "ki67": 10, **METASTATIC, **PROGRESSIVE, "line": 2},
        ({"site": "rectum"}, {"ki67": 20.1, "grade": None}, {"progression": False}),
    ),
    Patient(
        "SEQTOR",
        {**NET_TUMOUR, "site": "pancreas", "grade": "G2", "ki67": 8, **METASTATIC, **PROGRESSIVE, "line": 1},
        ({"site": "ileum"}, {"progression": False}, {"ki67": 21, "grade": "G3"}),
    ),
    Patient(
        "SPINET",
        {"neoplasm": "typical carcinoid", "site": "lung", "sstr": "positive", **METASTATIC},
        ({"sstr": "negative"}, {"site": "thymus"}, {"neoplasm": "small cell NEC"}),
    ),
    Patient(
        "SWOG-S0518",
        {**NET_TUMOUR, "site": "ileum", "grade": "G2", **METASTATIC, **PROGRESSIVE},
        ({"site": "pancreas"}, {"grade": "G3"}),
    ),
    Patient(
        "TELECAST",
        {**SYNDROME, "site": "ileum", **METASTATIC, "prior": ["lanreotide"]},
        ({"syndromes": None, "functioning": False}, {"metastases": None, "extent": "localised"}),
    ),
    Patient(
        "TELESTAR",
        {**SYNDROME, "site": "ileum", **METASTATIC, "prior": ["octreotide LAR"], "findings": ["diarrhoea refractory to somatostatin analogue"], "age": 63},
        ({"findings": None, "absent": ["diarrhoea refractory to somatostatin analogue"]},),
    ),
    Patient(
        "TOPIC-NEC",
        {"neoplasm": "small cell NEC", "site": "oesophagus", "ki67": 80, "resectability": "unresectable", "line": 1, "age": 65, "absent": NO_CHEMOTHERAPY},
        ({"ki67": 20}, {"age": 76}, {"site": "lung"}, {"neoplasm": "NET", "ki67": 40}, {"resectability": "resected"}),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def trials(graph: kg.Graph) -> dict[str, Population]:
    """Populations of the trials on which licences rest and of all phase 3 trials, by key of the trial."""
    phases = " ".join(f"<{NET}{phase}>" for phase in PHASES)
    rows = select(
        graph.store,
        f"""SELECT DISTINCT ?trial ?scope WHERE {{
            {{ ?decision <{NET}pivotalTrial> ?trial }} UNION {{ VALUES ?phase {{ {phases} }} ?trial <{NET}phase> ?phase }}
            ?trial <{NET}population>/<{NET}scope> ?scope }}""",
    )
    return {_text(trial).rpartition("/")[2]: parse(_text(scope), graph.terms) for trial, scope in rows}


@pytest.fixture(scope="module")
def engine(ontology: list[ox.Triple], terms: Terms, trials: dict[str, Population]) -> Engine:
    """The populations of these trials, ready to be decided."""
    return Engine(ontology, terms, trials.values())


@pytest.fixture(scope="module")
def reader(terms: Terms) -> CaseReader:
    """Reads the patients."""
    return CaseReader(terms)


def test_each_pivotal_and_phase_3_trial_has_a_patient(trials: dict[str, Population]) -> None:
    assert sorted(trials) == sorted({patient.trial for patient in PATIENTS})


@pytest.mark.parametrize("patient", PATIENTS, ids=str)
def test_the_typical_patient_is_in_the_population(patient: Patient, trials: dict[str, Population], engine: Engine, reader: CaseReader) -> None:
    population = trials[patient.trial]
    assert _verdict(patient.case, population, engine, reader) is Verdict.APPLIES, population.text


@pytest.mark.parametrize(("patient", "changed"), [(patient, changed) for patient in PATIENTS for changed in patient.breaks], ids=str)
def test_one_broken_criterion_is_enough(patient: Patient, changed: Case, trials: dict[str, Population], engine: Engine, reader: CaseReader) -> None:
    population = trials[patient.trial]
    case = {key: value for key, value in {**patient.case, **changed}.items() if value is not None}
    assert _verdict(case, population, engine, reader) is Verdict.DOES_NOT_APPLY, population.text


def _verdict(case: Case, population: Population, engine: Engine, reader: CaseReader) -> Verdict:
    situation = engine.situation(reader.read(case).facts)
    assert situation is not None, "the patient contradicts the rules"
    return situation.verdict(population.id)


def _text(term: object) -> str:
    return str(getattr(term, "value", ""))
