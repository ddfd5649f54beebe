"""Reads an OBO file with OAK's two readers; a warning is a finding."""

import json
import sys
import warnings

from oaklib import get_adapter

IS_A = "rdfs:subClassOf"


def read(adapter, path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ontology = get_adapter(f"{adapter}:{path}")
        entities = set(ontology.entities(filter_obsoletes=False))
        links = [link for link in ontology.relationships() if link[1] == IS_A]
        return {
            "entities": len(entities),
            "is_a": len(links),
            "label": ontology.label("net:Everolimus"),
            "definition": ontology.definition("net:Everolimus"),
            "warnings": [str(found.message) for found in caught],
        }


if __name__ == "__main__":
    json.dump({adapter: read(adapter, sys.argv[1]) for adapter in ("simpleobo", "pronto")}, sys.stdout)
