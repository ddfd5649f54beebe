"""Where things lie on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_dir

from kg.errors import SurroundingsError

PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Sources:
    """The folders that a build reads."""

    root: Path

    @property
    def ontology(self) -> Path:
        """The ontology, RDF/XML."""
        return self.root / "ontology" / "net.owl"

    @property
    def data(self) -> Path:
        """The curated tables."""
        return self.root / "data"

    @property
    def queries(self) -> Path:
        """The query library."""
        return self.root / "queries"


def default_sources() -> Sources:
    """Return the sources of the checkout, or those shipped inside an installed package.

    :raises SurroundingsError: when neither is there
    """
    for root in (PACKAGE.parent, PACKAGE / "share"):
        if (root / "ontology" / "net.owl").is_file():
            return Sources(root)
    raise SurroundingsError(
        "the ontology, data and queries were not found beside the package",
        where=str(PACKAGE),
        hint="install the distribution whole, or run from a checkout",
    )


def default_store() -> str:
    """Return ``$NETKG_STORE``, or the store folder in the per-user data directory."""
    return os.environ.get("NETKG_STORE") or str(Path(user_data_dir("net-kg")) / "store")
