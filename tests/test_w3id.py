"""The rules for w3id.org, read as Apache's mod_rewrite does, and followed to the server and to a release."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

import kg
from kg.export.artefacts import COMPANIONS, artefacts
from kg.export.jsonld import CONTEXT
from kg.prefixes import NET, ONTOLOGY_IRI
from kg.serve.app import create_app
from kg.serve.settings import ServeSettings
from tests.conftest import ROOT
from tests.serve.api.conftest import Here

FOLDER = ROOT / "w3id" / "net-kg"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
OWLAPI = "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
SERVER, RELEASES = "https://net-kg.example.org", "https://net-kg.example.org/releases"
VERSION = "2026-11-21"


@dataclass(frozen=True)
class Rule:
    """One RewriteRule with the conditions before it."""

    pattern: str
    target: str
    flags: dict[str, str]
    conditions: list[tuple[str, str, set[str]]] = field(default_factory=list)

    def applies(self, path: str, accept: str) -> re.Match[str] | None:
        """Match the path, then the conditions; those joined by OR as one."""
        found = re.search(self.pattern, path)
        if not found:
            return None
        group = False
        for subject, wanted, flags in self.conditions:
            assert subject == "%{HTTP_ACCEPT}"
            held = bool(re.search(wanted.removeprefix("!"), accept, re.IGNORECASE if "NC" in flags else 0)) is not wanted.startswith("!")
            group = group or held
            if "OR" in flags:
                continue
            if not group:
                return None
            group = False
        return found


def rules() -> Iterator[Rule]:
    conditions: list[tuple[str, str, set[str]]] = []
    for line in (FOLDER / ".htaccess").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith(("#", "Options ", "RewriteEngine ")):
            continue
        directive, *arguments = shlex.split(line.replace("\\", "\\\\"))
        flags = arguments[2].strip("[]").split(",") if len(arguments) > 2 else []
        if directive == "RewriteCond":
            conditions.append((arguments[0], arguments[1], set(flags)))
            continue
        assert directive == "RewriteRule"
        yield Rule(arguments[0], arguments[1], dict(flag.partition("=")[::2] for flag in flags), conditions)
        conditions = []


RULES = list(rules())


def redirected(path: str, accept: str = "*/*") -> tuple[int, str]:
    """Return status and address that a request for a path below ``/net-kg/`` is answered with."""
    environment: dict[str, str] = {}
    for rule in RULES:
        found = rule.applies(path, accept)
        if not found:
            continue
        if "E" in rule.flags:
            name, _, value = rule.flags["E"].partition(":")
            environment[name] = value
            assert rule.target == "-"
            continue
        target = re.sub(r"%\{ENV:(\w+)\}", lambda name: environment[name[1]], rule.target)
        assert "L" in rule.flags
        for number in range(1, len(found.groups()) + 1):
            target = target.replace(f"${number}", found[number])
        return int(rule.flags["R"]), target
    raise AssertionError(path)


@pytest.mark.parametrize(
    ("path", "accept", "status", "address"),
    [
        ("", BROWSER, 302, f"{SERVER}/"),
        ("ontology", BROWSER, 303, f"{SERVER}/term/ontology"),
        ("ontology/", "TEXT/HTML", 303, f"{SERVER}/term/ontology"),
        ("ontology", "application/rdf+xml", 303, f"{SERVER}/export/net-kg.owl"),
        ("ontology", OWLAPI, 303, f"{SERVER}/export/net-kg.owl"),
        ("ontology", "*/*", 303, f"{SERVER}/export/net-kg.owl"),
        ("ontology", "", 303, f"{SERVER}/export/net-kg.owl"),
        ("ontology", "text/turtle", 303, f"{SERVER}/export/net-kg.ttl"),
        ("ontology", "text/turtle;q=0.5, application/rdf+xml", 303, f"{SERVER}/export/net-kg.owl"),
        ("ontology", "application/ld+json", 303, f"{SERVER}/store?graph=https://w3id.org/net-kg/graph/ontology&format=jsonld"),
        (f"ontology/{VERSION}", OWLAPI, 302, f"{RELEASES}/{VERSION}/net-kg.owl"),
        (f"ontology/{VERSION}", "text/turtle", 302, f"{RELEASES}/{VERSION}/net-kg.ttl"),
        (f"ontology/{VERSION}", BROWSER, 302, f"{RELEASES}/{VERSION}/README.md"),
        (f"release/{VERSION}", "*/*", 302, f"{RELEASES}/{VERSION}/README.md"),
        (f"release/{VERSION}/losses/net-kg.obo.tsv", "*/*", 302, f"{RELEASES}/{VERSION}/losses/net-kg.obo.tsv"),
        ("context.jsonld", "application/ld+json", 302, f"{SERVER}/export/context.jsonld"),
        ("shapes", "text/turtle", 302, f"{SERVER}/export/shapes.ttl"),
        ("sparql", "application/sparql-results+json", 307, f"{SERVER}/sparql"),
        ("query/therapies-by-situation.csv", "*/*", 303, f"{SERVER}/query/therapies-by-situation.csv"),
        ("Everolimus", BROWSER, 303, f"{SERVER}/term/Everolimus"),
        ("Everolimus", "text/turtle", 303, f"{SERVER}/term/Everolimus"),
        ("recommendation/R001", "application/ld+json", 303, f"{SERVER}/term/recommendation/R001"),
        ("document/doi-10.1056/x", "*/*", 303, f"{SERVER}/term/document/doi-10.1056/x"),
        ("contextXjsonld", "*/*", 303, f"{SERVER}/term/contextXjsonld"),
        ("ontology/2026", "*/*", 303, f"{SERVER}/term/ontology/2026"),
    ],
)
def test_each_kind_of_identifier_leads_where_it_should(path: str, accept: str, status: int, address: str) -> None:
    assert redirected(path, accept) == (status, address)


RELEASED = [*(artefact.name for artefact in artefacts()), *(file.name for file in COMPANIONS), "manifest.json", "SHA256SUMS", "README.md"]


@pytest.mark.parametrize("name", RELEASED)
def test_every_file_of_a_release_keeps_its_name(name: str) -> None:
    assert redirected(f"release/{VERSION}/{name}") == (302, f"{RELEASES}/{VERSION}/{name}")


def test_the_files_that_versions_lead_to_are_in_every_release() -> None:
    names = {artefact.name for artefact in artefacts()} | {"README.md"}
    assert {redirected(f"ontology/{VERSION}", accept)[1].rpartition("/")[2] for accept in (BROWSER, OWLAPI, "text/turtle")} <= names


def test_no_rule_but_the_first_two_names_a_host() -> None:
    lines = [line for line in (FOLDER / ".htaccess").read_text(encoding="utf-8").splitlines() if line.startswith("Rewrite") and "://" in line]
    assert [line for line in lines if "example.org" in line] == lines[:2]
    assert all("https://w3id.org/net-kg/graph/ontology" in line for line in lines[2:])
    assert "http://" not in "".join(lines)


@pytest.fixture(scope="module")
def server(graph: kg.Graph) -> Iterator[TestClient]:
    with TestClient(create_app(ServeSettings(), Here(graph)), base_url=SERVER, follow_redirects=True, raise_server_exceptions=False) as found:
        yield found


def followed(server: TestClient, iri: str, accept: str) -> str:
    """Return the media type of what an identifier leads to at the server."""
    status, address = redirected(iri.removeprefix(NET), accept)
    assert status in (302, 303, 307)
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == SERVER
    answer = server.get(address, headers={"Accept": accept} if accept else {})
    assert answer.status_code == 200, (iri, accept, answer.text[:200])
    return answer.headers["content-type"].partition(";")[0]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (BROWSER, "text/html"),
        ("application/rdf+xml", "application/rdf+xml"),
        (OWLAPI, "application/rdf+xml"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
    ],
)
def test_the_server_gives_the_ontology_in_every_syntax(accept: str, media_type: str, server: TestClient) -> None:
    assert followed(server, ONTOLOGY_IRI, accept) == media_type


def test_the_server_gives_what_is_no_term(server: TestClient) -> None:
    assert followed(server, NET, BROWSER) == "text/html"
    assert followed(server, CONTEXT, "application/ld+json") == "application/ld+json"
    assert followed(server, f"{NET}shapes", "text/turtle") == "text/turtle"
    assert followed(server, f"{NET}sparql", "text/turtle") == "text/turtle"
    assert followed(server, f"{NET}query/what-is-in-the-graph", "text/csv") == "text/csv"


def test_the_server_knows_one_identifier_of_every_kind(server: TestClient, graph: kg.Graph) -> None:
    kinds: dict[str, str] = {}
    for quad in graph.store.quads():
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(NET):
            path = quad.subject.value.removeprefix(NET)
            kind = path.partition("/")[0] if "/" in path else ""
            kinds[kind] = min(kinds.get(kind, path), path)
    kinds.pop("query")  # leads to the stored query itself
    assert len(kinds) > 20
    for path in sorted(kinds.values()):
        assert followed(server, NET + path, "text/turtle") == "text/turtle"
