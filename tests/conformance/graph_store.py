"""The requests of the W3C's Graph Store Protocol tests, told anew: what is sent, and what has to come back.

The names are those of the W3C's tests, so that they can be looked up there. A graph is named either by a parameter
(indirectly) or by the address of the request itself (directly).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PREFIXES = "@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix v: <http://www.w3.org/2006/vcard/ns#> . "
PERSON = "http://example.org/person/1"
TURTLE = "text/turtle; charset=utf-8"

JOHN, JANE = (f'{PREFIXES} <{PERSON}> a foaf:Person ; foaf:businessCard [ a v:VCard ; v:fn "{name}" ] .' for name in ("John Doe", "Jane Doe"))
JANE_MORE = f'{JANE} <{PERSON}> foaf:givenName "Jane" ; foaf:familyName "Doe" .'
ALICE = f'{PREFIXES} [] a foaf:Person ; foaf:businessCard [ a v:VCard ; v:given-name "Alice" ] .'

CREATED, WRITTEN, CHANGED, GONE = frozenset({201}), frozenset({200, 201, 204}), frozenset({200, 204}), frozenset({404})
FOUND = frozenset({200})

BOUNDARY = "a-boundary-between-parts"


def _part(name: str, turtle: str) -> str:
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        f"Content-Type: {TURTLE}\r\n\r\n@prefix foaf: <http://xmlns.com/foaf/0.1/> .\r\n{turtle}\r\n\r\n"
    )


FAMILY, GIVEN = f'<{PERSON}> foaf:familyName "Doe" .', f'<{PERSON}> foaf:givenName "Jane" .'
PARTS = f"{_part('last.ttl', FAMILY)}{_part('first.ttl', GIVEN)}--{BOUNDARY}--\r\n"


@dataclass(frozen=True)
class Step:
    """A request and its answer.

    :param at: what follows the address of the store; ``{new}`` is the address that an earlier answer gave
    :param status: any of which is right
    :param holds: Turtle of the graph that the answer gives
    :param located: whether the answer tells the address of a new graph
    """

    method: str
    at: str
    status: frozenset[int]
    body: str | None = None
    media_type: str = TURTLE
    holds: str | None = None
    located: bool = False


def _repeat(at: str) -> Sequence[Step]:
    return [
        Step("PUT", at, CREATED, JOHN),
        Step("GET", at, FOUND, holds=JOHN),
        Step("PUT", at, CHANGED, JANE),
        Step("GET", at, FOUND, holds=JANE),
    ]


def _delete(at: str) -> Sequence[Step]:
    return [
        Step("PUT", at, WRITTEN, ALICE),
        Step("DELETE", at, CHANGED),
        Step("GET", at, GONE),
        Step("DELETE", at, CHANGED | GONE),
    ]


def _post(at: str) -> Sequence[Step]:
    return [
        Step("POST", at, WRITTEN, JANE),
        Step("GET", at, FOUND, holds=JANE),
        Step("POST", at, CHANGED, PARTS, f"multipart/form-data; boundary={BOUNDARY}"),
        Step("GET", at, FOUND, holds=JANE_MORE),
    ]


def _head(at: str) -> Sequence[Step]:
    return [Step("PUT", at, WRITTEN, JOHN), Step("HEAD", at, FOUND)]


INDIRECT = "?graph=http%3A%2F%2Fexample.org%2Fperson%2F{number}.ttl"
ONE, TWO, FOUR = (INDIRECT.format(number=number) for number in (1, 2, 4))
ONCE, TWICE = "?graph=http://example.org/person/%31.ttl", "?graph=http://example.org/person/%2531.ttl"

TESTS: Mapping[str, Sequence[Step]] = {
    "put_get_repeat_indirect": _repeat(ONE),
    "put_get_default": [Step("PUT", "?default", WRITTEN, ALICE), Step("GET", "?default", FOUND, holds=ALICE)],
    "put_delete_get_delete_indirect": _delete(TWO),
    "post_get_post_get_indirect": _post(ONE),
    "post_get_new_graph": [Step("POST", "", CREATED, ALICE, located=True), Step("GET", "?graph={new}", FOUND, holds=ALICE)],
    "head_existing_indirect": _head(ONE),
    "head_non_existing_indirect": [Step("HEAD", FOUR, GONE)],
    "put_get_uri_pct_encoded_indirect": [
        Step("PUT", ONE, CREATED, JOHN),
        Step("GET", "?graph=http://example.org/person/1.ttl", FOUND, holds=JOHN),
    ],
    "put_get_uri_pct_encoded_twice": [
        Step("PUT", ONCE, CREATED, JOHN),
        Step("PUT", TWICE, CREATED, JANE),
        Step("GET", ONCE, FOUND, holds=JOHN),
        Step("GET", TWICE, FOUND, holds=JANE),
    ],
    "put_get_repeat_direct": _repeat("/person/1.ttl"),
    "put_delete_get_delete_direct": _delete("/person/2.ttl"),
    "post_get_post_get_direct": _post("/person/1.ttl"),
    "head_existing_direct": _head("/person/1.ttl"),
    "head_non_existing_direct": [Step("HEAD", "/person/4.ttl", GONE)],
}
"""Name → requests in their order, on a store without graphs."""
