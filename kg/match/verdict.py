"""Verdicts: what matching says about one statement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kg.match.presentation import Fact
from kg.match.statements import Statement
from kg.model.population import Criterion


class Verdict(StrEnum):
    """Whether a statement is about a situation."""

    APPLIES = "applies"
    """whatever is unknown, the situation is in the population"""
    APPLIES_IF = "applies_if"
    """what is unknown decides"""
    DOES_NOT_APPLY = "does_not_apply"
    """whatever is unknown, the situation is not in the population"""
    CONTRADICTORY = "contradictory"
    """what is said to be known cannot all be true"""


class Status(StrEnum):
    """How a situation stands to one criterion."""

    MET = "met"
    NOT_MET = "not_met"
    NO_INFORMATION = "no_information"
    NOT_APPLICABLE = "not_applicable"
    """another criterion of the same alternative already rules it out"""


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion of one alternative of a population.

    :param has: what is known of the feature, in words; empty when nothing is
    :param decided_by: the facts that decide it
    """

    criterion: Criterion
    status: Status
    has: str
    decided_by: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class StatementResult:
    """The verdict on one statement.

    :param alternatives: the criteria of each alternative of the population
    :param deciding: for an open verdict, each least set of criteria that would make the statement apply
    :param excluded_by: facts that together rule out an alternative of which no single criterion is unmet
    """

    statement: Statement
    verdict: Verdict
    alternatives: tuple[tuple[CriterionResult, ...], ...]
    deciding: tuple[tuple[Criterion, ...], ...]
    excluded_by: tuple[Fact, ...] = ()
