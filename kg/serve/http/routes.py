"""The routes of the protocol beside /sparql itself: updates, graph store, health, metrics."""

from __future__ import annotations

import json
import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.serve.http.work import engine_of
from kg.serve.settings import ServeSettings


async def health(request: Request) -> Response:
    """Tell whether the server answers, and how it is doing."""
    engine = engine_of(request)
    state = engine.health()
    settings: ServeSettings = request.app.state.settings
    document = {
        "status": "ok",
        "version": engine.version,
        "uptime": round(time.time() - request.app.state.watch.started, 1),
        "writable": settings.writable,
        "limits": settings.limits(),
        "engine": dict(state),
    }
    return Response(json.dumps(document) + "\n", 200, {"Cache-Control": "no-store"}, "application/json")


async def metrics(request: Request) -> Response:
    """Give the counts for Prometheus."""
    return Response(request.app.state.watch.exposition(), 200, {"Cache-Control": "no-store"}, "text/plain; version=0.0.4; charset=utf-8")


routes: list[BaseRoute] = [Route("/health", health, name="health"), Route("/metrics", metrics, name="metrics")]
