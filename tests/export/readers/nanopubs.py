"""Read nanopublications, one per file, with the nanopub package; print how many triples each part of each has."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from nanopub import Nanopub

MOST_TRIPLES = 1200
"""The package signs and publishes no more."""


def main() -> None:
    """Read the files named on the command line; what is not a nanopublication ends with an error."""
    found = {}
    for name in sys.argv[1:]:
        read = Nanopub(rdf=Path(name))
        assert read.is_valid, name
        assert len(read.rdf) <= MOST_TRIPLES, name
        found[str(read.metadata.np_uri)] = {
            "assertion": len(read.assertion),
            "provenance": len(read.provenance),
            "pubinfo": len(read.pubinfo),
        }
    json.dump(found, sys.stdout)


main()
