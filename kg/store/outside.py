"""What a query may call: the addresses that the operator lists, and never a private one."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from kg.errors import QueryError
from kg.sparql import calls


def refuse_calls(sparql: str, keyword: str, targets: Collection[str]) -> None:
    """Refuse a query or an update that calls another server than those listed.

    :param keyword: SERVICE or LOAD
    :param targets: addresses; one that ends with a slash stands for all that begin with it
    :raises QueryError: when it does
    """
    for call in calls(sparql, keyword):
        if refusal := _refusal(call.address, keyword, targets):
            raise refusal


NOWHERE = "about:nothing"
"""An address that nobody can call."""


def without_silent_loads(update: str, targets: Collection[str]) -> str:
    """Return an update in which each LOAD SILENT that is refused loads nothing, in silence, as its writer asks."""
    parts, done = [], 0
    for call in calls(update, "LOAD"):
        if call.silent and call.address and _refusal(call.address, "LOAD", targets):
            parts += [update[done : call.start], f"<{NOWHERE}>"]
            done = call.start + len(f"<{call.address}>")
    return "".join([*parts, update[done:]])


def _refusal(address: str, keyword: str, targets: Collection[str]) -> QueryError | None:
    if address == NOWHERE:
        return None
    if not any(address == target or (target.endswith("/") and address.startswith(target)) for target in targets):
        return QueryError(
            f"{keyword} is refused: this store answers from its own statements only"
            if not targets
            else f"{keyword} is refused: that address is not listed here, or is not written as a whole IRI",
            hint="the operator of a server lists the addresses that may be called" if targets else "",
        )
    if not is_public(address):
        return QueryError(f"{keyword} is refused: that address is private, or has no public address")
    return None


def is_public(address: str) -> bool:
    """Return whether an http(s) address leads to public addresses only."""
    try:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return False
        found = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return False
    return bool(found) and all(_is_public(str(sockaddr[0])) for *_, sockaddr in found)


def _is_public(text: str) -> bool:
    number = ipaddress.ip_address(text.partition("%")[0])
    mapped = number.ipv4_mapped if isinstance(number, ipaddress.IPv6Address) else None
    return (mapped or number).is_global and not number.is_multicast
