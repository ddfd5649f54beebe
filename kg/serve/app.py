"""The application: all routes behind the middleware that gives them their manners."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.errors import NetKGError
from kg.serve import pages
from kg.serve.api import describe
from kg.serve.api import routes as api
from kg.serve.engine.job import Engine
from kg.serve.http import routes as protocol
from kg.serve.http import writing
from kg.serve.http.address import PublicAddress
from kg.serve.http.headers import CommonHeaders
from kg.serve.http.problems import problem_response
from kg.serve.http.sparql import Endpoint, SparqlApp
from kg.serve.http.watch import Watched
from kg.serve.problem import Problem
from kg.serve.settings import ServeSettings


@dataclass(frozen=True, slots=True)
class App:
    """The ASGI application of a server.

    :param endpoint: of SPARQL; connections ask it directly where they can
    :param entrance: where all other requests come in
    """

    endpoint: Endpoint
    entrance: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self.entrance(scope, receive, send)


def create_app(settings: ServeSettings, engine: Engine) -> App:
    """Return the application of a server.

    :param engine: must have been started before the first request
    :raises UsageError: when a setting makes no sense
    """
    endpoint = Endpoint(settings, engine)
    query_page = Route("/sparql", pages.query_page, name="query-page")
    routes = [*protocol.routes, *writing.routes, *api.routes, *describe.routes, query_page, *pages.routes]
    inner = Starlette(routes=routes, exception_handlers=dict.fromkeys((Problem, NetKGError, HTTPException, Exception), problem_response))
    inner.router.default = Router(api.last_routes)  # what is left; a known address with a wrong method is not
    inner.state.settings = settings
    inner.state.engine = engine
    inner.state.watch = endpoint.watch
    watched = Watched(CommonHeaders(inner, lambda: engine.version), endpoint.watch)
    return App(endpoint, PublicAddress(SparqlApp(watched, endpoint), settings.base, settings.trusted_proxies))
