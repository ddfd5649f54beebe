"""One small interface to the graph, wherever it lies."""

from pathlib import Path

from kg.store.base import Answer, Row, Rows, Store, Term, graph_counts, select
from kg.store.local import LocalStore, in_memory, open_folder


def open_store(location: str) -> Store:
    """Open a store folder, or a SPARQL endpoint when the location is an http(s) address.

    :raises StoreError: when it cannot be opened
    """
    if location.startswith(("http://", "https://")):
        from kg.store.remote import RemoteStore  # SPARQLWrapper brings rdflib, which is slow to load

        return RemoteStore(location)
    return open_folder(Path(location).expanduser())


__all__ = ["Answer", "LocalStore", "Row", "Rows", "Store", "Term", "graph_counts", "in_memory", "open_folder", "open_store", "select"]
