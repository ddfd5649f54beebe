"""The description of the API: valid, complete, and true of a real server."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.routing import Route

import kg
from kg.serve.api import describe, routes
from kg.serve.http import routes as protocol
from kg.serve.openapi import description

Json = dict[str, Any]


@pytest.fixture(scope="module")
def described(graph: kg.Graph) -> Json:
    return description(graph, "http://localhost/", {"timeout": 30.0}, writable=False)


@pytest.mark.parametrize("writable", [False, True])
def test_the_description_is_valid(writable: bool, graph: kg.Graph) -> None:
    document = description(graph, "http://localhost/", {"timeout": 30.0}, writable=writable)
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    assert ("/update" in document["paths"]) == writable


def test_every_stored_query_and_every_route_is_described(described: Json, graph: kg.Graph) -> None:
    assert {f"/query/{name}" for name in graph.queries} <= described["paths"].keys()
    known = {"/query/{name}", "/api/query/{name}"}  # the one is written out for each name, the other serves the pages
    addresses = {re.sub(r":path}", "}", route.path) for route in [*routes.routes, *describe.routes, *protocol.routes] if isinstance(route, Route)}
    assert addresses - known - described["paths"].keys() == {"/api/query"}


def test_names_of_operations_are_unique_and_each_is_tagged(described: Json) -> None:
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    tags = {tag["name"] for tag in described["tags"]}
    assert all(set(operation["tags"]) <= tags for operation in operations)


def test_choices_and_defaults_of_parameters_are_told(described: Json) -> None:
    parameters = {parameter["name"]: parameter for parameter in described["paths"]["/query/therapies-by-situation"]["get"]["parameters"]}
    assert parameters["grade"]["schema"] == {"type": "string", "enum": ["any", "G1", "G2", "G3"], "default": "G2"}


def test_the_schema_of_a_case_holds_inside_the_document(described: Json) -> None:
    validator = Draft202012Validator({"$ref": "#/components/schemas/Case", "components": described["components"]})
    assert validator.is_valid({"site": "pancreas", "ki67": "3-5", "sstr": {"status": "positive", "krenning": 3}})
    assert not validator.is_valid({"colour": "red"})


def test_limits_are_told(described: Json) -> None:
    assert "timeout 30" in described["info"]["description"]


def _examples(operation: Json) -> dict[str, Any]:
    """Return the parameters of an address: the example of each that has one."""
    found: dict[str, Any] = {}
    for parameter in operation.get("parameters", ()):
        if "example" in parameter:
            found |= parameter["example"] if isinstance(parameter["example"], dict) else {parameter["name"]: parameter["example"]}
    return found


def test_every_documented_address_answers_its_example(server: str, graph: kg.Graph) -> None:
    with httpx.Client(base_url=server, timeout=120, trust_env=False) as client:
        document = client.get("/openapi.json").json()
        assert document["servers"] == [{"url": server}]
        for path, operations in document["paths"].items():
            if "get" not in operations:
                continue
            values = _examples(operations["get"])
            address = re.sub(r"{(\w+)}", lambda match: str(values.pop(match[1])), path)  # noqa: B023 - used within the turn
            answer = client.get(address, params=values)
            assert answer.status_code == 200, (address, values, answer.text[:500])
            content = operations["get"]["responses"]["200"]["content"]
            assert answer.headers["content-type"].partition(";")[0] in content
            schema = content[answer.headers["content-type"].partition(";")[0]]["schema"]
            if "json" in answer.headers["content-type"]:
                Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json())
        assert len(document["paths"]) > len(graph.queries)


def test_every_documented_post_answers_its_example(server: str) -> None:
    with httpx.Client(base_url=server, timeout=120, trust_env=False) as client:
        document = client.get("/openapi.json").json()
        for path, operations in document["paths"].items():
            for media_type, body in operations.get("post", {}).get("requestBody", {}).get("content", {}).items():
                if "example" not in body:
                    continue
                content = body["example"] if isinstance(body["example"], str) else None
                answer = client.post(path, content=content, json=None if content else body["example"], headers={"Content-Type": media_type})
                assert answer.status_code == 200, (path, answer.text[:500])


def test_documented_errors_have_the_documented_shape(server: str) -> None:
    with httpx.Client(base_url=server, timeout=60, trust_env=False) as client:
        document = client.get("/openapi.json").json()
        schema = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
        answers = {
            400: client.get("/query/forest-plot.csv?measure=x"),
            404: client.get("/term/everolimis"),
            406: client.get("/query/forest-plot", headers={"Accept": "image/png"}),
            422: client.post("/match", json={"grade": "G9"}),
        }
        for status, answer in answers.items():
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"
            Draft202012Validator(schema).validate(answer.json())
