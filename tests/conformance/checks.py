"""Runs the requests of the protocol tests and says what is wrong with the answers."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import pyoxigraph as ox

from tests.conformance import graph_store, protocol
from tests.conformance.client import Answer, Endpoint, send
from tests.conformance.compare import same, solutions, statements


def protocol_faults(endpoint: Endpoint, steps: Sequence[protocol.Step]) -> list[str]:
    """Send the requests of one protocol test to a server that holds the graphs they speak of."""
    filled = endpoint.update(protocol.FILLED)
    if not filled.ok:
        return [_said(filled)]
    return [fault for step in steps for fault in _step_faults(endpoint, step)]


def _step_faults(endpoint: Endpoint, step: protocol.Step) -> list[str]:
    address = endpoint.update_url if step.to == "update" else endpoint.query_url
    headers = dict(endpoint.headers) | ({"Content-Type": step.media_type} if step.media_type else {})
    answer = send(f"{address}?{step.query}" if step.query else address, step.method, body=step.body, headers=headers)
    if not step.good:
        return [] if 400 <= answer.status < 500 else [_said(answer)]
    if not answer.ok:
        return [_said(answer)]
    faults = []
    if step.formats and answer.media_type not in step.formats:
        faults.append(f"media type {answer.media_type}")
    if step.truth is not None:
        format_ = ox.QueryResultsFormat.from_media_type(answer.media_type)
        if format_ is None or solutions(answer.body, format_) is not step.truth:
            faults.append(f"not {step.truth}: {_said(answer)}")
    return faults


def graph_store_faults(endpoint: Endpoint, steps: Sequence[graph_store.Step]) -> list[str]:
    """Send the requests of one graph store test to an emptied server."""
    endpoint.clear()
    faults, new = [], ""
    for step in steps:
        headers = dict(endpoint.headers) | ({"Content-Type": step.media_type} if step.body is not None else {"Accept": "text/turtle"})
        address = endpoint.store_url + step.at.format(new=quote(new, safe=""))
        answer = send(address, step.method, body=None if step.body is None else step.body.encode(), headers=headers)
        if answer.status not in step.status:
            faults.append(f"{step.method} {step.at}: {_said(answer)}")
            continue
        if step.method in {"GET", "HEAD"} and answer.ok and answer.media_type != "text/turtle":
            faults.append(f"{step.method} {step.at}: media type {answer.media_type}")
        if step.method == "HEAD" and answer.body:
            faults.append(f"HEAD {step.at}: a body of {len(answer.body)} bytes")
        if step.holds is not None and not _holds(answer, step.holds):
            faults.append(f"{step.method} {step.at}: other statements: {answer.text}")
        if step.located:
            new = answer.headers.get("location", "")
            faults += [] if new else [f"{step.method} {step.at}: no Location"]
    return faults


def _holds(answer: Answer, turtle: str) -> bool:
    return same(statements(answer.body, ox.RdfFormat.TURTLE), statements(turtle.encode(), ox.RdfFormat.TURTLE))


def _said(answer: Answer) -> str:
    return f"{answer.status} {answer.text[:300]}"
