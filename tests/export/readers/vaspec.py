"""Read VA-Spec JSON with the pydantic models of ga4gh.va_spec; print how many entities of each type there are.

The core classes are taken as they are. The two classes of our profile are written down here as subclasses of theirs, as
the specification wants profiles to be: nothing but their own fields is admitted.
"""

# ruff: noqa: N815 # the specification names its fields

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Literal

from ga4gh.core.models import BaseModelForbidExtra, MappableConcept
from ga4gh.va_spec.base.core import DataSet, Document, Method, Proposition, Statement, StudyGroup, _StudyResult
from ga4gh.va_spec.base.domain_entities import Condition, Therapeutic


class TherapyProposition(Proposition, BaseModelForbidExtra):
    """A therapy, and what is said of it for a condition."""

    type: Literal["TherapyProposition"]
    subject: Therapeutic
    predicate: Literal["isRecommendedFor", "isApprovedFor", "improvesPrimaryEndpointIn"]
    object: Condition
    populationQualifier: StudyGroup | None = None
    comparatorQualifier: Therapeutic | None = None
    endpointQualifier: MappableConcept | None = None
    aimQualifiers: list[MappableConcept] | None = None
    intentQualifier: MappableConcept | None = None
    jurisdictionQualifier: MappableConcept | None = None


class TherapyStatement(Statement):
    """A statement about a therapy."""

    proposition: TherapyProposition


class TherapyStudyResult(_StudyResult, BaseModelForbidExtra):
    """The numbers of one endpoint of one comparison."""

    type: Literal["TherapyStudyResult"]
    focusTherapeutic: Therapeutic | None = None
    comparatorTherapeutic: Therapeutic | None = None
    studyGroup: StudyGroup | None = None


MODELS = {
    "DataSet": DataSet,
    "Document": Document,
    "Method": Method,
    "Statement": TherapyStatement,
    "StudyGroup": StudyGroup,
    "TherapyStudyResult": TherapyStudyResult,
}


def main() -> None:
    """Read the file named on the command line."""
    entities = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    counts: Counter[str] = Counter()
    identifiers = {entity["id"] for entity in entities}
    dangling = []
    for entity in entities:
        read = MODELS[entity["type"]].model_validate(entity)
        # what the model reads is what the file says: nothing was ignored on the way
        assert json.loads(read.model_dump_json(exclude_none=True)).keys() == entity.keys(), entity["id"]
        for line in entity.get("hasEvidenceLines", []):
            dangling += [item for item in line["hasEvidenceItems"] if item not in identifiers]
        counts[entity["type"]] += 1
    json.dump({"counts": counts, "unique": len(identifiers), "dangling": dangling}, sys.stdout)


main()
