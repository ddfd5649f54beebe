"""Every check of the other projects is answered: by rules, or by a reason."""

from __future__ import annotations

from collections import Counter

import pytest

from kg.check.outside import OutsideCheck, answering, outside_checks
from kg.check.rules import LEVELS, all_rules

CHECKS = outside_checks()
ROBOT = [check for check in CHECKS if check.project == "ROBOT report"]


def test_all_checks_of_the_four_projects_are_listed() -> None:
    assert Counter(check.project for check in CHECKS) == {"ROBOT report": 32, "OBO Dashboard": 15, "FOOPS!": 24, "OOPS!": 33}
    assert Counter(check.weight for check in ROBOT) == {"ERROR": 17, "WARN": 13, "INFO": 2}
    assert sum(check.weight == "file" for check in CHECKS) == 18
    assert len({(check.project, check.id) for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.project} {check.id}")
def test_a_check_is_answered_by_rules_or_by_a_reason(check: OutsideCheck) -> None:
    assert bool(answering(check)) != bool(check.settled)


@pytest.mark.parametrize("check", ROBOT, ids=lambda check: check.id)
def test_a_rule_of_robot_has_its_name_here_and_is_no_less_serious(check: OutsideCheck) -> None:
    rule = all_rules()[check.id]
    assert LEVELS.index(rule.level) <= LEVELS.index(check.weight)


def test_a_name_with_underscores_is_one_of_robot() -> None:
    assert {name for name in all_rules() if "_" in name} == {check.id for check in ROBOT if "_" in check.id} | {check.id for check in ROBOT}


def test_what_a_rule_says_it_answers_is_listed() -> None:
    assert {answer for rule in all_rules().values() for answer in rule.answers} <= {check.id for check in CHECKS}


def test_what_is_critical_or_important_is_not_settled_by_a_word() -> None:
    assert [check.id for check in CHECKS if check.weight in {"critical", "important"} and check.settled] == ["P37"]  # asks the web
