"""Our own errors as answers to a client."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from kg import errors
from kg.errors import NetKGError
from kg.serve.problem import Problem, problem_of


def every_error(kind: type[NetKGError] = NetKGError) -> list[type[NetKGError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in every_error(child))]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_each_error_of_ours_has_a_status(kind: type[NetKGError]) -> None:
    problem = problem_of(kind("it is wrong", where="/somewhere/file:3", hint="mend it"))
    assert problem.status in set(HTTPStatus)
    assert problem.status >= HTTPStatus.BAD_REQUEST
    assert problem.document()["title"] == "it is wrong"
    assert problem.document()["code"] == kind.code


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.UsageError, 400),
        (errors.QueryError, 400),
        (errors.UnknownTermError, 404),
        (errors.CaseError, 422),
        (errors.StoreError, 503),
        (errors.ReasonerError, 503),
        (errors.NetKGError, 500),
    ],
)
def test_the_nearest_kind_decides(kind: type[NetKGError], status: int) -> None:
    assert problem_of(kind("wrong")).status == status


def test_the_place_in_a_request_is_told_and_a_place_on_this_machine_is_not() -> None:
    assert problem_of(errors.CaseError("wrong", where="case.ki67")).document()["detail"] == "case.ki67"
    assert "detail" not in problem_of(errors.StoreError("cannot be opened", where="/srv/secret")).document()


def test_empty_members_are_left_out_and_further_ones_added() -> None:
    problem = Problem(504, "too slow", code="TIME-LIMIT", extra={"limit": 30.0})
    assert problem.document() == {"title": "too slow", "status": 504, "code": "TIME-LIMIT", "limit": 30.0}
