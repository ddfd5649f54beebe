"""What documents of other formats have in common: codes, quantities, and the way into a case of ours.

A reader of a format collects entries: a key of the case format, a value, and where it stood. Each entry becomes a small
case of its own, so that two entries that contradict each other are both kept, as two facts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal

from kg.errors import CaseError
from kg.match.case import CaseReader
from kg.match.presentation import Fact, Presentation, Unused
from kg.match.tree import Document, Node, shorten
from kg.match.vocabulary import BROAD, EXACT, NARROW, Vocabulary, curie_of
from kg.model.feature import FeatureKind
from kg.model.interval import NUMBER, plain
from kg.prefixes import NET
from kg.terms import Terms

CHANGING = ("progression", "ecog", "creatinine_clearance", "platelets", "neutrophils", "haemoglobin", "bilirubin_uln", "size_mm", "krenning", "sstr", "fdg")
"""Features whose newest value counts, where every value has a date; of others all values are kept."""

MEASURED: dict[str, str] = {
    "LOINC:29593-1": "ki67",  # Cells.Ki-67 nuclear Ag/cells in tissue by immune stain
    "LOINC:89247-1": "ecog",  # ECOG performance status score
    "LOINC:718-7": "haemoglobin",  # Hemoglobin [Mass/volume] in blood
    "LOINC:777-3": "platelets",  # Platelets [#/volume] in blood by automated count
    "LOINC:751-8": "neutrophils",  # Neutrophils [#/volume] in blood by automated count
    "LOINC:2164-2": "creatinine_clearance",  # Creatinine renal clearance in 24 hour urine and serum or plasma
    "LOINC:33558-8": "creatinine_clearance",  # Creatinine renal clearance in urine and serum or plasma, unspecified duration
    "LOINC:35591-7": "creatinine_clearance",  # Creatinine renal clearance predicted by Cockcroft-Gault formula
    "LOINC:1975-2": "bilirubin_uln",  # Bilirubin.total [Mass/volume] in serum or plasma
    "LOINC:14631-6": "bilirubin_uln",  # Bilirubin.total [Moles/volume] in serum or plasma
    "LOINC:33728-7": "size_mm",  # Size.maximum dimension in tumor
    "LOINC:97509-4": "progression",  # Cancer disease progression
    "LOINC:31206-6": "neoplasm",  # Behavior ICD-O-3 cancer (mCODE: histologic behavior and type)
    "NCIT:C18000": "grade",  # Histologic grade
}
"""Code of what was observed → feature."""

NAMED: dict[str, str] = {
    "ki-67": "ki67",
    "ki67": "ki67",
    "ki-67 labelling index": "ki67",
    "ki-67 labeling index": "ki67",
    "ki-67 proliferation index": "ki67",
    "mitoses": "mitoses",
    "mitotic rate": "mitoses",
    "hemoglobin": "haemoglobin",
    "haemoglobin": "haemoglobin",
    "platelets": "platelets",
    "neutrophils": "neutrophils",
    "ecog": "ecog",
    "sstr status": "sstr",
    "tumour grade": "grade",
    "tumor grade": "grade",
    "histologic grade": "grade",
    "who grade": "grade",
    "tumour size": "size_mm",
    "tumor size": "size_mm",
}
"""Name of what was observed → feature, where no code says it; the names of the features themselves are understood too."""

_COUNTS = {
    "10*9/L": Decimal(1),
    "10*3/uL": Decimal(1),
    "/uL": Decimal("0.001"),
    "10^9/L": Decimal(1),
    "10⁹/L": Decimal(1),
    "10^3/uL": Decimal(1),
    "UO:0000316": Decimal("0.001"),
    "cells per microliter": Decimal("0.001"),
}
UNITS: dict[str, dict[str, Decimal]] = {
    "ki67": {"%": Decimal(1), "percent": Decimal(1)},
    "liver_involvement": {"%": Decimal(1), "percent": Decimal(1)},
    "mitoses": {"/mm2": Decimal(2), "/(2.mm2)": Decimal(1), "per 2 mm2": Decimal(1), "per 2 mm²": Decimal(1), "/2 mm2": Decimal(1), "/2 mm²": Decimal(1)},
    "size_mm": {"mm": Decimal(1), "cm": Decimal(10), "millimeter": Decimal(1), "centimeter": Decimal(10)},
    "creatinine_clearance": {"mL/min": Decimal(1)},
    "platelets": _COUNTS,
    "neutrophils": _COUNTS,
    "haemoglobin": {"g/dL": Decimal(1), "g/L": Decimal("0.1")},
    "ecog": {"": Decimal(1), "1": Decimal(1), "score": Decimal(1)},
    "krenning": {"": Decimal(1), "1": Decimal(1), "score": Decimal(1)},
    "line": {"": Decimal(1), "1": Decimal(1)},
}
"""Feature → unit → what a number in that unit is multiplied by. The short forms are UCUM, without its ``{annotations}``."""

GRADE_WORDS = re.compile(r"(?:(?:who|net|neuroendocrine tumou?r)[ ,]*)?(?:g|grade )([123])(?: lesion)?", re.IGNORECASE)
GRADED = {"NETG1": "G1", "NETG2": "G2", "NETG3": "G3"}

ANSWERS = {"LOINC:LA6576-8": "positive", "LOINC:LA6577-6": "negative"}
TREND = {"SCTID:271299001": "yes", "SCTID:359746009": "no", "SCTID:268910001": "no"}
"""mCODE's condition status trend: worsened → progression, stable or improved → none."""

TNM_CODES = {"NCIT:C48699": "M0", "NCIT:C48700": "M1", "NCIT:C48705": "N0", "NCIT:C48706": "N1", "NCIT:C48750": "N2"}
TNM_WORDS = re.compile(r"(?:american joint committee on cancer )?[cp]?([MN])([0-3])([a-d]?)(?: stage finding| \(qualifier value\))?", re.IGNORECASE)

ICD10CM: dict[str, dict[str, str]] = {
    "C7A.010": {"site": "Duodenum"},
    "C7A.011": {"site": "Jejunum"},
    "C7A.012": {"site": "Ileum"},
    "C7A.019": {"site": "SmallIntestine"},
    "C7A.020": {"site": "Appendix"},
    "C7A.021": {"site": "Caecum"},
    "C7A.022": {"site": "AscendingColon"},
    "C7A.023": {"site": "TransverseColon"},
    "C7A.024": {"site": "DescendingColon"},
    "C7A.025": {"site": "SigmoidColon"},
    "C7A.026": {"site": "Rectum"},
    "C7A.029": {"site": "LargeIntestine"},
    "C7A.090": {"site": "Lung"},
    "C7A.091": {"site": "Thymus"},
    "C7A.092": {"site": "Stomach"},
    "C7A.093": {"site": "Kidney"},
    "C7A.094": {"site": "ForegutSite"},
    "C7A.095": {"site": "MidgutSite"},
    "C7A.096": {"site": "HindgutSite"},
    "C7A.1": {"differentiation": "poor"},
    "C7B.01": {"metastases": "DistantLymphNode"},
    "C7B.02": {"metastases": "Liver"},
    "C7B.03": {"metastases": "BoneSite"},
    "C7B.04": {"metastases": "Peritoneum"},
}
"""ICD-10-CM codes of neuroendocrine tumours, as the value sets of mCODE 4 list them → feature → value."""

NEOPLASM_CODE = re.compile(r"ICD10CM:C7A\..*")
SECONDARY_CODE = re.compile(r"ICD10CM:C7B(\..*)?")

SIGNS = ("", "<", "<=", ">=", ">")
NEUROENDOCRINE, CARCINOMA = NET + "NeuroendocrineNeoplasm", NET + "NeuroendocrineCarcinoma"

MOST_DIGITS = 18
"""Of a number, before and after the point; see :data:`kg.model.interval.NUMBER`."""


@dataclass(frozen=True, slots=True)
class Concept:
    """Something coded, in whatever way its format codes it.

    :param node: the whole of it
    :param codes: CURIE or IRI of each code, or what there is of it, with the place where it stands
    :param names: what it is called, each with the place where it stands
    """

    node: Node
    codes: tuple[tuple[str, Node], ...]
    names: tuple[tuple[str, Node], ...]

    @property
    def curies(self) -> tuple[tuple[str, Node], ...]:
        """The codes in our spelling, as far as their vocabulary is known."""
        return tuple((curie, node) for code, node in self.codes if (curie := curie_of(code)))

    @property
    def text(self) -> str:
        """The names, and the codes in brackets."""
        names = "; ".join(dict.fromkeys(name for name, _ in self.names))
        codes = ", ".join(curie_of(code) or code for code, _ in self.codes)
        return shorten(f"{names} ({codes})" if names and codes else names or codes)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, as a document gives it.

    :param low: the number, or the lower end of a range
    :param high: upper end of a range
    :param sign: ``<``, ``<=``, ``>=``, ``>`` or nothing
    :param units: the unit in each way that it is written
    :param normal_high: upper ends of the laboratory's reference ranges, in the same unit
    """

    low: Decimal
    high: Decimal | None = None
    sign: str = ""
    units: tuple[str, ...] = ()
    normal_high: tuple[Decimal, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Amount | None:
        """Return the amount that a text such as ``<3 %`` or ``4-6 /mm2`` says, if it is one."""
        match = _WRITTEN.fullmatch(text.strip()) if len(text) <= _LONGEST_NAME else None
        if match is None:
            return None
        sign = {"≤": "<=", "≥": ">="}.get(match[1] or "", match[1] or "")
        high = Decimal(match[3]) if match[3] else None
        return None if sign and high is not None else cls(Decimal(match[2]), high, sign, ((match[4] or "").strip(),))


_LONGEST_NAME = 200
_WRITTEN = re.compile(rf"(<=|>=|<|>|≤|≥)?\s*({NUMBER})(?:\s*[-–]\s*({NUMBER}))?\s*(\D.*)?", re.DOTALL)
_ANNOTATION = re.compile(r"\{[^{}]*\}")

Value = Amount | Concept | str | bool


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One key of a case and where it comes from.

    :param when: date, ``YYYY-MM-DD``, or empty
    """

    key: str
    value: object
    node: Node
    text: str
    when: str = ""


@dataclass(slots=True)
class Collector:
    """Gathers the entries of one document."""

    document: Document
    vocabulary: Vocabulary
    terms: Terms
    entries: list[Entry] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _observables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        labels = [(label, iri) for iri, label in self.terms.labels.items() if self.terms.kinds.get(iri) == "class"]
        synonyms = [(name, iri) for iri, scopes in self.terms.synonyms.items() if self.terms.kinds.get(iri) == "class" for name in scopes.get("exact", ())]
        self._names = {name.casefold(): iri for name, iri in (*synonyms, *labels)}  # a label goes before a synonym
        self._observables = {
            feature.name.casefold(): key for key, feature in self.terms.features.items() if feature.kind in (FeatureKind.NUMBER, FeatureKind.LIST)
        }
        self._observables |= NAMED

    def add(self, key: str, value: object, node: Node, text: str, when: str = "") -> None:
        """Note one entry; its node counts as read."""
        node.mark()
        self.entries.append(Entry(key, value, node, shorten(text), when))

    def neuroendocrine(self, concept: Concept) -> bool:
        """Return whether a concept is a neuroendocrine neoplasm, by a mapping that is not to something broader."""
        if any(NEOPLASM_CODE.fullmatch(curie) for curie, _ in concept.curies):
            return True
        hits = [iri for code, _ in concept.codes for iri, predicate in self.vocabulary.lookup(code) if predicate != BROAD]
        if not any(self.vocabulary.covers(code) for code, _ in concept.codes):
            hits.extend(iri for _, iri, _ in self._by_name(concept, ("neoplasm",), absent=False))
        return any(NEUROENDOCRINE in self.terms.ancestors(iri) for iri in hits)

    def place(self, concept: Concept, keys: Sequence[str], *, absent: bool = False, text: str = "") -> bool:
        """Note what a concept says about one of some features; what of it is not understood is turned down, with the reason.

        :param keys: features that may be meant; the first that fits is taken
        :param absent: the concept is said not to be there
        :param text: what stood there, if more than the concept
        :return: whether anything was noted
        """
        text = f"{text or concept.text}{' (absent)' if absent else ''}"
        found: list[tuple[str, str, Node]] = []
        refused: list[tuple[Node, str]] = []
        for code, node in concept.codes:
            fitting, reason = self._by_code(code, keys, absent=absent)
            found.extend((key, iri, node) for key, iri in fitting)
            if reason:
                refused.append((node, reason))
        if not found and not any(self.vocabulary.covers(code) for code, _ in concept.codes):
            found = self._by_name(concept, keys, absent=absent)
        if not found:
            reasons = dict.fromkeys(reason for _, reason in refused)
            concept.node.reject("; ".join(reasons) or f"no term of that name is a value of {' or '.join(keys)}", text)
            return False
        for key, iri, node in dict.fromkeys(found):
            self._note(key, iri, node, text, absent=absent)
        for _, node in concept.names:
            node.mark()
        for node, reason in refused:
            node.reject(reason)
        return True

    def _note(self, key: str, iri: str, node: Node, text: str, *, absent: bool) -> None:
        name = f"net:{iri.removeprefix(NET)}"
        if absent:
            self.add("absent", [name], node, text)
        else:
            self.add(key, [name] if self.terms.features[key].kind is FeatureKind.SET else name, node, text)

    def _by_code(self, code: str, keys: Sequence[str], *, absent: bool) -> tuple[list[tuple[str, str]], str]:
        """Return (feature, term) that follow from a code, and what has to be said of the code nevertheless."""
        said = shorten(curie_of(code) or code, 80)
        hits = self.vocabulary.lookup(code)
        if not hits:
            return [], f"{said} is not mapped to a term"
        sound = (EXACT, BROAD) if absent else (EXACT, NARROW)
        fitting: list[tuple[str, str]] = []
        why: list[str] = []
        for iri, predicate in hits:
            key = self._feature(iri, keys, absent=absent)
            label = self.terms.labels.get(iri, iri)
            if key and predicate in sound:
                fitting.append((key, iri))
                if predicate != EXACT:
                    why.append(f"{said} is {'broader' if absent else 'narrower'} than {label}, and only that is used")
            elif key:
                why.append(f"{said} is {_DISTANCE[predicate]} {label}, so {'its absence' if absent else 'it'} does not say that")
            else:
                why.append(f"{said} is {label}, which is no value of {' or '.join(keys)}{' that can be absent' if absent else ''}")
        exact = any(predicate == EXACT and (self._feature(iri, keys, absent=absent), iri) in fitting for iri, predicate in hits)
        return fitting, "" if exact else "; ".join(why)

    def _by_name(self, concept: Concept, keys: Sequence[str], *, absent: bool) -> list[tuple[str, str, Node]]:
        """Return the term whose label or exact synonym is a name of the concept."""
        for name, node in concept.names:
            iri = self._names.get(name.casefold(), "") if len(name) <= _LONGEST_NAME else ""
            if iri and (key := self._feature(iri, keys, absent=absent)):
                return [(key, iri, node)]
        return []

    def _feature(self, iri: str, keys: Sequence[str], *, absent: bool = False) -> str:
        """Return the first of some features that the term is a value of; if it is absent, the first set."""
        if self.terms.kinds.get(iri) != "class" or iri in self.terms.deprecated:
            return ""
        above = self.terms.ancestors(iri)
        features = (self.terms.features[key] for key in keys)
        return next((feature.key for feature in features if feature.range in above and (feature.kind is FeatureKind.SET or not absent)), "")

    def observable(self, concept: Concept) -> str:
        """Return the feature that was measured or judged; empty when it is none of ours.

        A name stands in for a code only where there is no LOINC code, which would be more exact than the name.
        """
        for curie, _ in concept.curies:
            if curie in MEASURED:
                return MEASURED[curie]
        if any(curie.startswith("LOINC:") for curie, _ in concept.curies):
            return ""
        return next((key for name, _ in concept.names if len(name) <= _LONGEST_NAME and (key := self._observables.get(name.casefold(), ""))), "")

    def observed(self, key: str, value: Value, node: Node, *, of: str, when: str = "") -> bool:
        """Note a value of a feature, or turn its node down with the reason.

        :param of: what was observed, in words
        :return: whether it was noted
        """
        feature = self.terms.features[key]
        text = f"{of}: {_words(value)}{f', {when}' if when else ''}"
        if feature.kind is FeatureKind.HIERARCHY:
            return self.place(value, (key,), text=text) if isinstance(value, Concept) else _no(node, f"a value of {feature.name} has to be coded", text)
        if feature.kind is FeatureKind.LIST:
            code = self._choice(key, value)
            if not code:
                return _no(node, f"no value of {feature.name}; known are {', '.join(sorted(self.terms.codes.get(feature.range, {})))}", text)
            self.add(key, code, node, text, when)
            return True
        amount = Amount.parse(value) if isinstance(value, str) else value
        if not isinstance(amount, Amount):
            return _no(node, f"{feature.name} is a number", text)
        try:
            self.add(key, self.amount(key, amount), node, text, when)
        except ValueError as error:
            return _no(node, str(error), text)
        return True

    def amount(self, key: str, amount: Amount) -> str:
        """Return an amount in the unit of a feature, as the case format writes it: ``8``, ``3-5``, ``<20``.

        :raises ValueError: when it cannot be said in that unit
        """
        if amount.sign not in SIGNS:
            raise ValueError(f"{shorten(amount.sign, 20)!r} is no comparison")
        factor = _upper_limit(amount) if key == "bilirubin_uln" else _factor(key, amount.units, self.terms.features[key].unit)
        ends = [_digits(_sized(end) * factor) for end in (amount.low, amount.high) if end is not None]
        return amount.sign + "-".join(dict.fromkeys(ends))

    def _choice(self, key: str, value: Value) -> str:
        """Return the code of a value of a closed list; empty when it is none."""
        names: list[str] = []
        match value:
            case Concept():
                names = [name for name, _ in value.names]
            case bool():
                names = ["yes" if value else "no"]
            case str():
                names = [value]
        curies = [curie for curie, _ in value.curies] if isinstance(value, Concept) else []
        choices = self.terms.codes.get(self.terms.features[key].range, {})
        if key == "progression":
            return next((TREND[curie] for curie in curies if curie in TREND), "")
        if key == "grade":
            return self._grade(curies, names)
        answers = [ANSWERS[curie] for curie in curies if curie in ANSWERS and ANSWERS[curie] in choices]
        if answers:
            return answers[0]
        known = {text.casefold(): code for code, iri in choices.items() for text in (code, self.terms.labels.get(iri, code))}
        return next((known[name.casefold()] for name in names if len(name) <= _LONGEST_NAME and name.casefold() in known), "")

    def _grade(self, curies: Sequence[str], names: Sequence[str]) -> str:
        for curie in curies:
            for iri, predicate in self.vocabulary.lookup(curie):
                if predicate == EXACT and iri.removeprefix(NET) in GRADED:
                    return GRADED[iri.removeprefix(NET)]
        match = next((found for name in names if len(name) <= _LONGEST_NAME and (found := GRADE_WORDS.fullmatch(name.strip()))), None)
        return f"G{match[1]}" if match else ""

    def tnm(self, concept: Concept, text: str = "", of: str = "NM") -> bool:
        """Note what an N or M category says of nodes and extent; others are turned down.

        :param of: the letters that it may begin with
        :return: whether anything was noted
        """
        text = text or concept.text
        known = [TNM_CODES[curie] for curie, _ in concept.curies if curie in TNM_CODES]
        named = [f"{match[1].upper()}{match[2]}" for name, _ in concept.names if len(name) <= _LONGEST_NAME and (match := TNM_WORDS.fullmatch(name.strip()))]
        category = next(iter((*known, *named)), "")
        if category[:1] not in tuple(of) or any(other != category for other in named):
            return _no(concept.node, "no category of regional nodes or distant metastases that is understood", text)
        if category.startswith("N"):
            self.add("nodes", "negative" if category == "N0" else "positive", concept.node, text)
        elif category in ("M0", "M1"):
            self.add("extent", "distant" if category == "M1" else ["localised", "locoregional"], concept.node, text)
        else:
            return _no(concept.node, f"{category} is no category of distant metastases", text)
        return True

    def icd10cm(self, concept: Concept, *, primary: bool) -> bool:
        """Note what an ICD-10-CM code of a neuroendocrine tumour or its metastasis says.

        :param primary: whether the tumour itself is meant, as far as the rest of the record says
        :return: whether anything was noted
        """
        placed = False
        for curie, node in concept.curies:
            neoplasm = NEOPLASM_CODE.fullmatch(curie) is not None and primary
            said = ICD10CM.get(curie.partition(":")[2], {}) if neoplasm or SECONDARY_CODE.fullmatch(curie) else {}
            if neoplasm:
                self.add("neoplasm", "net:NeuroendocrineNeoplasm", node, concept.text)
            for key, name in said.items():
                value = name if key == "differentiation" else f"net:{name}"
                self.add(key, [value] if key == "metastases" else value, node, concept.text)
            placed = placed or neoplasm or bool(said)
        return placed

    def presentation(self, identifier: str, structural: re.Pattern[str]) -> Presentation:
        """Return the facts that the entries make, and everything of the document that made none.

        :param structural: shapes of the paths that say nothing about the person
        """
        self._one_tumour()
        self._newest()
        facts: dict[Fact, None] = {}
        unused: list[Unused] = []
        reader = CaseReader(self.terms)
        for entry in self.entries:
            path = entry.node.path
            try:
                found = reader.read({entry.key: entry.value}, where=self.document.where)
            except CaseError as error:
                unused.append(Unused(path, entry.text, error.message))
                continue
            facts |= dict.fromkeys(Fact(fact.criterion, path, entry.text) for fact in found.facts)
            unused.extend(Unused(path, entry.text, item.reason) for item in found.unused)
        leftovers = self.document.leftovers(structural)
        return Presentation(shorten(identifier), tuple(facts), (*dict.fromkeys((*self.document.unused, *unused)), *leftovers))

    def _one_tumour(self) -> None:
        """Turn down what would be said of two tumours at once.

        A case is about one neuroendocrine neoplasm, and its grade is that of well-differentiated tumours, while other
        formats grade carcinomas too.
        """
        above = {entry: self.terms.ancestors(str(entry.value).replace("net:", NET, 1)) for entry in self.entries if entry.key == "neoplasm"}
        if any(NEUROENDOCRINE in classes for classes in above.values()):
            self._drop([entry for entry, classes in above.items() if NEUROENDOCRINE not in classes], "another neoplasm beside a neuroendocrine one")
        if any(CARCINOMA in classes for classes in above.values()):
            self._drop([entry for entry in self.entries if entry.key == "grade"], "the grade of a carcinoma; ours is that of a well-differentiated tumour")

    def _drop(self, entries: Sequence[Entry], reason: str) -> None:
        for entry in entries:
            self.entries.remove(entry)
            entry.node.reject(reason, entry.text)

    def _newest(self) -> None:
        """Turn down older values of features that change."""
        for key in CHANGING:
            same = [entry for entry in self.entries if entry.key == key]
            if len(same) < 2 or not all(entry.when for entry in same):  # noqa: PLR2004 # one value has none beside it
                continue
            newest = max(entry.when for entry in same)
            for entry in same:
                if entry.when < newest:
                    self._drop([entry], f"of {entry.when}; a newer value is of {newest}")


_DISTANCE = {"skos:exactMatch": "the same as", "skos:closeMatch": "only close to", "skos:broadMatch": "broader than", "skos:narrowMatch": "narrower than"}


def _no(node: Node, reason: str, text: str) -> bool:
    node.reject(reason, text)
    return False


def _words(value: Value) -> str:
    """Return a value as people write it."""
    match value:
        case Concept():
            return value.text
        case Amount():
            unit = f"{value.units[0]} ({', '.join(value.units[1:])})" if len(value.units) > 1 else "".join(value.units)
            low, high = shorten(str(value.low), 40), "" if value.high is None else f"-{shorten(str(value.high), 40)}"
            normal = f" (upper limit {', '.join(shorten(str(limit), 40) for limit in value.normal_high)})" if value.normal_high else ""
            return f"{shorten(value.sign, 20)}{low}{high} {shorten(unit, 40)}".strip() + normal
        case bool():
            return "true" if value else "false"
    return value


def _factor(key: str, units: Sequence[str], wanted: str) -> Decimal:
    """Return what a number in some unit is multiplied by.

    :raises ValueError: when the unit is unknown, or two ways to write it differ
    """
    table = UNITS.get(key, {})
    written = [_ANNOTATION.sub("", unit) if _ANNOTATION.sub("", unit) in table else unit for unit in units] or [""]
    factors = {table[unit] for unit in written if unit in table}
    if len(factors) == 1:
        return factors.pop()
    said = " or ".join(shorten(unit, 40) for unit in written if unit) or "no unit"
    if factors:
        raise ValueError(f"the unit is given in two ways that differ: {said}")
    raise ValueError(f"{said} cannot be converted to {wanted}")


def _upper_limit(amount: Amount) -> Decimal:
    """Return one divided by the upper limit of the laboratory.

    :raises ValueError: when there is none, or more than one
    """
    limits = set(amount.normal_high)
    if len(limits) != 1 or (limit := _sized(limits.pop())) <= 0:
        raise ValueError("without one upper limit of the laboratory in the same unit a bilirubin level cannot be compared")
    return 1 / limit


_LAST_DIGIT = Decimal(1).scaleb(-MOST_DIGITS)
_EXACTLY = Context(prec=3 * MOST_DIGITS)


def _sized(number: Decimal) -> Decimal:
    """Return a number that is neither so great nor so small that it cannot be written with the digits of a case.

    :raises ValueError: when it is
    """
    if number and abs(number.adjusted()) >= MOST_DIGITS:
        raise ValueError("no number that a value can have")
    return number


def _digits(number: Decimal) -> str:
    """Return a number in plain digits.

    :raises ValueError: when it is negative, or has more digits than a case may have
    """
    text = plain(_sized(number).quantize(_LAST_DIGIT, context=_EXACTLY))
    if not re.fullmatch(NUMBER, text):
        raise ValueError("no number that a value can have")
    return text
