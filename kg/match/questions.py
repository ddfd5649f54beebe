"""What can be said of a situation: each feature with its values, and the JSON Schema of a case that follows from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.match.case import ABSENT, ID, KRENNING, NONE, PRESENT, SIZE, SIZE_KEY, SSTR, STATUS, UNKNOWN
from kg.match.names import possible
from kg.match.quantity import PER_AREA, TIMES_LIMIT, accepted_units, number_fields
from kg.model.feature import Feature, FeatureKind
from kg.model.interval import Interval
from kg.prefixes import compress
from kg.terms import Terms

SCHEMA_FILE = Path(__file__).with_name("case.schema.json")
SCHEMA_ID = "https://w3id.org/net-kg/schema/case"

Json = dict[str, Any]

_WELL_KNOWN: dict[str, tuple[object, ...]] = {
    "site": ("pancreas", "midgut", ["ileum", "jejunum"]),
    "neoplasm": ("NET", "NEC", "MiNEN"),
    "ki67": (8, "3-5", ">=3", "<20"),
    "mitoses": (4, "<2", "9 per 10 mm²", {"count": 4, "per": "10 HPF", "field_mm2": 0.2}),
    "metastases": (["liver", "bone"], NONE, {"liver": True, "bone": False}),
    "molecular": (["MGMT methylation"], {"MGMT": "methylated", "BRAF V600E mutation": "no"}),
    "hereditary": (["MEN1"], NONE),
    "prior": (["lanreotide"], NONE),
    "syndromes": (["carcinoid syndrome"], NONE),
    "size_mm": (25, "2.5 cm", "<20"),
    "sstr": ("positive", {STATUS: "positive", KRENNING: 3}),
    "findings": (["carcinoid heart disease"], {"flushing": True, "ascites": False}),
    "liver_involvement": (30, "<=25", ">50"),
    "line": (2, ">=2"),
    "age": (54, ">=18"),
    "ecog": (1, "0-1"),
    "creatinine_clearance": (75, ">=40", "75 mL/min"),
    "haemoglobin": (10.5, ">=8", "105 g/L"),
    "neutrophils": (2, ">=1.5", "2000 /µL"),
    "krenning": (3, "3-4", ">=2"),
    "bilirubin_uln": (1.5, {"value": 34, "upper_limit": 17}),
    "platelets": (150, ">=100", "150000 /µL"),
}
"""Examples that show more than the general ones; a test reads every one of them."""
_CHILDREN = 3
"""Values of a hierarchy that are shown as examples where there are none of these."""


@dataclass(frozen=True, slots=True)
class Question:
    """One feature, as something that can be asked.

    :param unit: unit of a number
    :param units: units in which it can be stated
    :param possible: the numbers that are possible, in words
    :param codes: code and label of each value of a closed list
    :param root: label and CURIE of the class that all values are kinds of
    :param count: how many values there are to choose from
    :param examples: values as a case has them
    """

    key: str
    name: str
    kind: FeatureKind
    order: int
    unit: str = ""
    units: tuple[str, ...] = ()
    possible: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    root: tuple[str, str] | None = None
    count: int | None = None
    examples: tuple[object, ...] = ()

    @property
    def yes_no(self) -> bool:
        """Whether the answer is yes or no."""
        return {code for code, _ in self.codes} == {"yes", "no"}


def questions(terms: Terms) -> list[Question]:
    """Return all features, in their order."""
    return [_question(feature, terms) for feature in terms.features.values()]


def question_data(question: Question) -> Json:
    """Return a feature in the form that ``netkg questions --format json`` prints."""
    return {
        "key": question.key,
        "name": question.name,
        "kind": question.kind.value,
        "order": question.order,
        "unit": question.unit or None,
        "units": list(question.units),
        "possible": question.possible or None,
        "values": [{"code": code, "label": label} for code, label in question.codes],
        "root": {"label": question.root[0], "id": question.root[1]} if question.root else None,
        "count": question.count,
        "examples": list(question.examples),
    }


def _question(feature: Feature, terms: Terms) -> Question:
    if feature.kind is FeatureKind.NUMBER:
        words = Interval(feature.low, feature.high).words()
        examples = _WELL_KNOWN.get(feature.key) or (2, "2-3", ">=2", "<3")
        return Question(feature.key, feature.name, feature.kind, feature.order, feature.unit, accepted_units(feature), possible=words, examples=tuple(examples))
    values = possible(feature, terms)
    if feature.kind is FeatureKind.LIST:
        by_code = sorted(terms.codes.get(feature.range, {}).items())
        codes = tuple((code, terms.labels.get(iri, code)) for code, iri in by_code)
        question = Question(feature.key, feature.name, feature.kind, feature.order, codes=codes, count=len(values))
        names = [code for code, _ in codes]
        return _with_examples(question, _WELL_KNOWN.get(feature.key) or ((True, False) if question.yes_no else (names[0], names[:2])))
    root = terms.labels.get(feature.range, feature.name), compress(feature.range)
    question = Question(feature.key, feature.name, feature.kind, feature.order, root=root, count=len(values))
    children = sorted(terms.labels.get(iri, "") for iri in terms.children.get(feature.range, ()) if iri in values)[:_CHILDREN]
    return _with_examples(question, _WELL_KNOWN.get(feature.key) or (tuple(children) if feature.kind is FeatureKind.HIERARCHY else (children[:1], NONE)))


def _with_examples(question: Question, examples: Sequence[object]) -> Question:
    return Question(
        question.key, question.name, question.kind, question.order, codes=question.codes, root=question.root, count=question.count, examples=tuple(examples)
    )


def schema(terms: Terms) -> Json:
    """Return the JSON Schema of a case. What it refuses is no case; names and units are checked only by reading."""
    properties: Json = {ID: {"description": "Name of the case.", "type": ["string", "number", "null"]}}
    for feature, question in zip(terms.features.values(), questions(terms), strict=True):
        properties[feature.key] = _property(feature, question)
    if SIZE_KEY in properties:
        properties[SIZE] = {
            "description": f"The same as {SIZE_KEY}, with a unit.",
            "anyOf": [{"type": "string", "minLength": 1}, _long_number(terms.features[SIZE_KEY]), {"type": "null"}],
            "examples": ["2.5 cm"],
        }
    if {SSTR, KRENNING} <= properties.keys():
        status = properties[SSTR]
        members = {STATUS: {"anyOf": status["anyOf"]}, KRENNING: {"$ref": f"#/properties/{KRENNING}"}}
        both: Json = {"type": "object", "properties": members, "additionalProperties": False, "minProperties": 1}
        properties[SSTR] = status | {"anyOf": [*status["anyOf"], both]}
    properties[ABSENT] = {
        "description": "What was looked for and is not there, whatever the set to which it belongs.",
        "anyOf": [{"$ref": "#/$defs/names"}, {"type": "null"}],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "A clinical situation",
        "description": "What is known of one person with a neuroendocrine neoplasm at one moment. A key that is missing, null or unknown is unknown.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": {
            "name": {"description": "Label, exact synonym, local name, CURIE or IRI.", "type": "string", "minLength": 1},
            "names": {"anyOf": [{"$ref": "#/$defs/name"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/name"}}]},
        },
    }


def schema_text(terms: Terms) -> str:
    """Return the text of the published schema."""
    return json.dumps(schema(terms), ensure_ascii=False, indent=2) + "\n"


def _property(feature: Feature, question: Question) -> Json:
    alternatives: list[object]
    match feature.kind:
        case FeatureKind.NUMBER:
            text = f"{_capital(question.name)}: a number or an interval{f', {question.unit}' if question.unit else ''}; {question.possible}."
            limits = {name: float(end) for name, end in (("minimum", feature.low), ("maximum", feature.high)) if end is not None}
            number: Json = {"type": "number"} | {name: int(end) if end.is_integer() else end for name, end in limits.items()}
            alternatives = [number, {"type": "string", "minLength": 1}, _long_number(feature)]
        case FeatureKind.LIST:
            codes = [code for code, _ in question.codes]
            text = f"{_capital(question.name)}: {', '.join(code if code == label else f'{code} ({label})' for code, label in question.codes)}."
            one: list[object] = [{"enum": [*codes, UNKNOWN]}, {"$ref": "#/$defs/name"}, *([{"type": "boolean"}] if question.yes_no else [])]
            alternatives = [*one, {"description": "One of these.", "type": "array", "minItems": 1, "items": {"anyOf": one[1:]}}]
        case _:
            root = question.root[0] if question.root else question.name
            several = "all present" if feature.kind is FeatureKind.SET else "one of them"
            text = f"{_capital(question.name)}: a kind of {root}, or a list ({several})."
            alternatives = [{"$ref": "#/$defs/names"}, *(_set_forms() if feature.kind is FeatureKind.SET else [])]
    return {"description": text, "anyOf": [*alternatives, {"type": "null"}], "examples": list(question.examples)}


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _set_forms() -> list[object]:
    state = {"anyOf": [{"type": "boolean"}, {"$ref": "#/$defs/name"}, {"type": "null"}]}
    names = {"anyOf": [{"$ref": "#/$defs/names"}, {"type": "null"}]}
    mapping: Json = {
        "description": "Each name with yes, no or unknown, or the state of a marker.",
        "type": "object",
        "minProperties": 1,
        "properties": {PRESENT: names, ABSENT: names},
        "additionalProperties": state,
    }
    return [{"description": "Nothing of the kind is present.", "const": False}, mapping]


def _long_number(feature: Feature) -> Json:
    fields = number_fields(feature)
    types: dict[str, list[str]] = {"quantity": ["number", "string"], "number": ["number", "string", "null"], "text": ["string", "null"]}
    properties: Json = {name: {"type": types[kind] if kind != "quantity" else [*types[kind], "null"]} for name, kind in fields.items()}
    node: Json = {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}
    if feature.unit == PER_AREA:
        node["description"] = "A count for an area, or for a number of fields of a stated area."
    if feature.unit == TIMES_LIMIT:
        node["description"] = "A concentration and the laboratory's upper limit in the same unit."
    return node
