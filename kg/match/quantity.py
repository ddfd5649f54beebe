"""Numbers with units: a value or an interval, converted exactly into the unit of its feature.

A conversion is a multiplication by a ratio of whole numbers. Where the product has no finite decimal form, as with seven
mitoses in ten fields of 0.237 mm², the result is the open interval of a millionth that holds it, so that no limit is ever
met or passed by rounding.

Mitoses are a count for an area. The WHO classification of the digestive system (5th edition, 2019) has them counted in 50
fields of 0.2 mm², 10 mm² in all, and reported per 2 mm², possibly with a fraction
(https://tech.snmjournals.org/highwire/markup/10279/expansion). A count per another area is converted in proportion:
count × 2 mm² ÷ area. A high-power field is no area: microscopes differ, so the area of one field must be stated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from kg.match.place import Place, shown
from kg.model.feature import Feature
from kg.model.interval import NUMBER, Interval, plain

FORMS = 'a number such as 8, "3-5", ">=3", "<20" or "(2..20]"'
PER_AREA = "per 2 mm²"
TIMES_LIMIT = "× upper limit"

_LONGEST = 200
_DECIMALS = 6
_QUANTITY = re.compile(
    rf"(?P<number>(?:[\[(]\s*)?(?:(?:<=|>=|<|>|=|≤|≥)\s*)?{NUMBER}(?:\s*(?:\.\.|-|–)\s*{NUMBER})?(?:\s*[\])])?)(?P<gap>\s*)(?P<unit>.*)", re.DOTALL
)
_NEGATIVE = re.compile(rf"[<>=≤≥]*\s*[-−]\s*{NUMBER}\b.*")
_AREA = re.compile(rf"(?:per|/)({NUMBER})?mm2")
_FIELDS = re.compile(rf"(?:per|/)({NUMBER})?(?:hpfs?|high-?powerfields?)(?:(?:of|\()({NUMBER})mm2\)?)?")
_DIGITS = re.compile(NUMBER)

_UNITS: dict[str, dict[str, Fraction]] = {
    "%": {unit: Fraction(1) for unit in ("%", "per cent", "percent")},
    "mm": {"mm": Fraction(1), "cm": Fraction(10)},
    "years": {unit: Fraction(1) for unit in ("years", "year", "y")},
    "mL/min": {"mL/min": Fraction(1)},
    "10⁹/L": {
        **{unit: Fraction(1) for unit in ("10⁹/L", "× 10⁹/L", "10*9/L", "10³/µL", "× 10³/µL", "10*3/uL")},
        **{unit: Fraction(1, 1000) for unit in ("/µL", "per µL", "/uL", "per uL", "/mm³", "per mm³", "cells/µL", "cells/uL")},
    },
    "g/dL": {"g/dL": Fraction(1), "g/L": Fraction(1, 10)},
    TIMES_LIMIT: {unit: Fraction(1) for unit in (TIMES_LIMIT, "× ULN", "ULN", "times ULN", "times upper limit")},
}
"""Unit of a feature → unit that is read → factor. A cubic millimetre is a microlitre."""
_REASONS = {
    "mL/min": "a rate that is normalised to a body surface is not the clearance itself",
    TIMES_LIMIT: "a concentration is no multiple: give the laboratory's limit too, as {value: 34, upper_limit: 17}",
    "mm": "a diameter is a length",
}


def accepted_units(feature: Feature) -> tuple[str, ...]:
    """Return the units in which a number of the feature can be stated, its own first; other spellings are read too."""
    if feature.unit == PER_AREA:
        return (PER_AREA, "per mm²", "per 10 mm²", "per 10 HPF of 0.2 mm²")
    by_factor = {Fraction(1): feature.unit}
    for unit, factor in _UNITS.get(feature.unit, {}).items():
        by_factor.setdefault(factor, unit)
    return (*by_factor.values(), *(("× ULN",) if feature.unit == TIMES_LIMIT else ()))


def number_fields(feature: Feature) -> dict[str, str]:
    """Return the keys of the long form of a number, and whether each holds a number, text, or a quantity."""
    fields = {"value": "quantity", "unit": "text"}
    if feature.unit == PER_AREA:
        fields |= {"count": "quantity", "per": "text", "field_mm2": "number"}
    if feature.unit == TIMES_LIMIT:
        fields |= {"upper_limit": "number"}
    return fields


def read_quantity(feature: Feature, value: object, place: Place, *, unit_required: bool = False) -> Interval:
    """Return the interval in which a number is said to lie, in the unit of its feature.

    :param value: a number, text, or a mapping with the keys of :func:`number_fields`
    :raises CaseError: when it is none, has no unit that can be converted, or lies outside the possible numbers
    """
    if isinstance(value, Mapping):
        interval = _long_form(feature, value, place)
    else:
        number, unit = _split(feature, value, place)
        if unit_required and not unit:
            raise place.refused(f"{shown(value)} has no unit", f"write for instance 2.5 {accepted_units(feature)[-1]}")
        interval = _convert(number, _factor(feature, unit, place) if unit else Fraction(1))
    return _checked(feature, interval, place)


def _long_form(feature: Feature, value: Mapping[object, object], place: Place) -> Interval:
    fields = number_fields(feature)
    for key in value:
        if key not in fields:
            raise place.refused(f"a number has no key {shown(key)}", f"allowed are {', '.join(fields)}")
    parts = {str(key): member for key, member in value.items() if member is not None}
    number = _either(parts, "value", "count", place)
    unit = _either(parts, "unit", "per", place)
    if number is None:
        raise place.refused("the number itself is missing", f"allowed are {', '.join(fields)}")
    inner = place.key("value" if "value" in parts else "count")
    interval, own_unit = _split(feature, number, inner)
    if unit is not None:
        if own_unit:
            raise inner.refused("the unit is stated twice")
        own_unit = _unit_text(unit, place.key("unit" if "unit" in parts else "per"))
        own_unit = f"per {own_unit}" if "per" in parts else own_unit
    if "upper_limit" in parts:
        if own_unit and _norm(own_unit) in _aliases(TIMES_LIMIT):
            raise place.refused("a multiple of the upper limit needs no upper limit")
        return _convert(interval, 1 / _positive(parts["upper_limit"], place.key("upper_limit")))
    if "field_mm2" in parts:
        field = _positive(parts["field_mm2"], place.key("field_mm2"))
        found = _FIELDS.fullmatch(_norm(own_unit))
        if not found or found[2]:
            raise place.refused("the area of a field is stated, and no count of fields" if not found else "the area of a field is stated twice")
        return _convert(interval, _per_area(_count(found[1], place) * field))
    return _convert(interval, _factor(feature, own_unit, place) if own_unit else Fraction(1))


def _either(parts: Mapping[str, object], first: str, second: str, place: Place) -> object:
    if first in parts and second in parts:
        raise place.refused(f"{first} and {second} state the same twice")
    return parts.get(first, parts.get(second))


def _unit_text(unit: object, place: Place) -> str:
    if not isinstance(unit, str) or not unit.strip() or len(unit) > _LONGEST:
        raise place.refused(f"{shown(unit)} is not a unit")
    return unit


def _positive(value: object, place: Place) -> Fraction:
    """Return a plain number above zero, exactly."""
    text = value.strip() if isinstance(value, str) else _written(value, place)
    if not _DIGITS.fullmatch(text) or not Decimal(text):
        raise place.refused(f"{shown(value)} is not a number above zero")
    return Fraction(text)


def _count(text: str | None, place: Place) -> Fraction:
    count = Fraction(text or 1)
    if not count:
        raise place.refused("a count per nothing is no count")
    return count


def _split(feature: Feature, value: object, place: Place) -> tuple[Interval, str]:
    """Return the interval that is stated, and its unit as written or nothing."""
    text = value.strip() if isinstance(value, str) else _written(value, place)
    if _NEGATIVE.fullmatch(text):
        raise place.refused(f"{shown(value)} lies outside the possible values {_possible(feature)}")
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or (match["unit"] and not match["gap"] and re.match(r"[0-9.,\-–]|[eE][-+]?[0-9]", match["unit"])):
        comma = re.search(r"[0-9],[0-9]", text[:_LONGEST])
        raise place.refused(f"{shown(value)} is not a number or an interval", f"write {FORMS}" + ("; the decimal sign is a point" if comma else ""))
    try:
        return Interval.parse(match["number"]), match["unit"].strip()
    except ValueError as error:
        raise place.refused(str(error), f"write {FORMS}") from error


def _written(value: object, place: Place) -> str:
    """Return a number as digits."""
    match value:
        case bool():
            raise place.refused(f"{shown(value)} is not a number", f"write {FORMS}")
        case int() | Decimal():
            number = Decimal(value) if not isinstance(value, int) or abs(value) < 10**18 else Decimal("Infinity")
            if isinstance(value, int) and number.is_infinite():
                raise place.refused("the number has more than 18 digits before the point")
        case float():
            number = Decimal(repr(value))  # the shortest decimal that is this float: what was written
        case _:
            raise place.refused(f"{shown(value)} is not a number or an interval", f"write {FORMS}")
    if not number.is_finite():
        raise place.refused(f"{shown(value)} is not a number", f"write {FORMS}")
    if number and (number.adjusted() >= 18 or number.adjusted() < -18):  # noqa: PLR2004 - as in NUMBER
        raise place.refused("the number has more than 18 digits before or after the point")
    text = plain(number) if number else "0"
    if not _DIGITS.fullmatch(text.removeprefix("-")):
        raise place.refused("the number has more than 18 digits before or after the point")
    return text


def _norm(unit: str) -> str:
    text = unicodedata.normalize("NFKC", unit).casefold().replace("×", "x").replace("µ", "μ")
    return re.sub(r"[\s^*]", "", text)


def _aliases(unit: str) -> dict[str, Fraction]:
    return {_norm(alias): factor for alias, factor in _UNITS.get(unit, {unit: Fraction(1)}).items()}


def _factor(feature: Feature, unit: str, place: Place) -> Fraction:
    """Return what a number in ``unit`` is multiplied by."""
    name = _norm(unit)
    if feature.unit == PER_AREA:
        if found := _AREA.fullmatch(name):
            return _per_area(_count(found[1], place))
        if found := _FIELDS.fullmatch(name):
            if not found[2]:
                raise place.refused(
                    "a count per high-power field cannot be converted: the area of a field differs between microscopes",
                    'state the area of one field: {count: 4, per: "10 HPF", field_mm2: 0.2}',
                )
            return _per_area(_count(found[1], place) * _positive(found[2], place))
    factor = _aliases(feature.unit).get(name)
    if factor is None:
        reason = f": {_REASONS[feature.unit]}" if feature.unit in _REASONS else ""
        raise place.refused(f"{shown(unit)} is not a unit of {feature.name}{reason}", f"allowed are {', '.join(accepted_units(feature))}")
    return factor


def _per_area(square_millimetres: Fraction) -> Fraction:
    return 2 / square_millimetres


def _convert(interval: Interval, factor: Fraction) -> Interval:
    if factor == 1:
        return interval
    low, low_open = _end(interval.low, factor, interval.low_open, upwards=False)
    high, high_open = _end(interval.high, factor, interval.high_open, upwards=True)
    return Interval(low, high, low_open, high_open)


def _end(end: Decimal | None, factor: Fraction, is_open: bool, *, upwards: bool) -> tuple[Decimal | None, bool]:
    """Return an end of an interval after conversion; one without a finite decimal form moves outwards and is open."""
    if end is None:
        return None, is_open
    exact = Fraction(end) * factor
    for decimals in range(19):
        scaled = exact * 10**decimals
        if scaled.denominator == 1:
            return Decimal(f"{int(scaled)}e-{decimals}"), is_open
    steps = exact * 10**_DECIMALS // 1 + (1 if upwards else 0)
    return Decimal(f"{int(steps)}e-{_DECIMALS}"), True


def _checked(feature: Feature, interval: Interval, place: Place) -> Interval:
    """Return an interval when the feature can have a number within it."""
    for end in (interval.low, interval.high):
        if end is None:
            continue
        if (feature.low is not None and end < feature.low) or (feature.high is not None and end > feature.high):
            raise place.refused(f"{plain(end)} lies outside the possible values {_possible(feature)}")
        if not _DIGITS.fullmatch(plain(end)):
            raise place.refused("the number has more than 18 digits before or after the point")
    below = interval.high is not None and interval.high == feature.low and interval.high_open
    above = interval.low is not None and interval.low == feature.high and interval.low_open
    if below or above:
        raise place.refused(f"no number of {feature.name} is {interval.words()}: possible values are {_possible(feature)}")
    return interval


def _possible(feature: Feature) -> str:
    unit = "" if feature.unit in ("score", "line") else f" {feature.unit}"
    return f"{Interval(feature.low, feature.high).words()}{unit}"
