"""Reads a mapping set with sssom-py and with sssom-pydantic; prints what each found, and fails when one complains."""

import json
import logging
import sys
import warnings
from pathlib import Path

import sssom_pydantic
from sssom.constants import DEFAULT_VALIDATION_TYPES
from sssom.parsers import parse_sssom_table
from sssom.validators import validate

said: list[str] = []
handler = logging.Handler(logging.WARNING)
handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
logging.getLogger().addHandler(handler)

path = Path(sys.argv[1])
warnings.simplefilter("ignore")  # pandas deprecates what sssom-py calls; neither speaks of the file in warnings
one = parse_sssom_table(path)
reports = validate(one, DEFAULT_VALIDATION_TYPES, fail_on_error=False)
two, _, about = sssom_pydantic.read(path)
findings = [result.message for report in reports.values() for result in report.results]
json.dump(
    {
        "sssom": len(one.df),
        "sssom_pydantic": len(two),
        "validations": len(reports),
        "findings": findings + said,
        "predicates": one.df["predicate_id"].value_counts().to_dict(),
        "pairs": sorted(f"{mapping.subject.curie} {mapping.predicate.curie} {mapping.object.curie}" for mapping in two),
        "version": about.version,
    },
    sys.stdout,
)
sys.exit(bool(findings or said))
