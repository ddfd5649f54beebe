"""Reads FHIR R5 resources with the models of fhir.resources; prints type, id and sizes of each, and fails when one is refused."""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

from fhir.resources.codesystem import CodeSystem
from fhir.resources.conceptmap import ConceptMap
from fhir.resources.valueset import ValueSet

warnings.simplefilter("error")


def below(concepts: list[Any]) -> int:
    """Return the number of concepts with those nested in them."""
    return sum(1 + below(concept.concept or []) for concept in concepts)


found: dict[str, int] = {}
for name in sys.argv[1:]:
    text = Path(name).read_text(encoding="utf-8")
    match json.loads(text)["resourceType"]:
        case "CodeSystem":
            system = CodeSystem.model_validate_json(text)
            found[f"CodeSystem/{system.id}"] = below(system.concept or [])
        case "ValueSet":
            values = ValueSet.model_validate_json(text)
            found[f"ValueSet/{values.id}"] = sum(len(include.concept or []) for include in values.compose.include)
        case "ConceptMap":
            mapped = ConceptMap.model_validate_json(text)
            found[f"ConceptMap/{mapped.id}"] = sum(len(element.target) for group in mapped.group for element in group.element)
json.dump(found, sys.stdout)
