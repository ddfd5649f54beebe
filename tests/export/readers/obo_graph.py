"""Reads an OBO Graphs file with the obographs package, whose model refuses what its schema does not allow, and with OAK."""

import json
import sys
import warnings
from pathlib import Path

import obographs
from oaklib import get_adapter

NET = "https://w3id.org/net-kg/"


def main(path):
    (graph,) = obographs.GraphDocument.model_validate_json(Path(path).read_text(encoding="utf-8")).graphs
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ontology = get_adapter(f"obograph:{path}")
        entities = set(ontology.entities(filter_obsoletes=False))
    return {
        "nodes": len(graph.nodes),
        "edges": len(graph.edges),
        "definitions": len(graph.logicalDefinitionAxioms),
        "chains": len(graph.propertyChainAxioms),
        "ends": len(graph.domainRangeAxioms),
        "entities": len(entities),
        "label": ontology.label(f"{NET}Everolimus"),
        # OAK leaves the file open
        "warnings": [str(found.message) for found in caught if found.category is not ResourceWarning],
    }


if __name__ == "__main__":
    json.dump(main(sys.argv[1]), sys.stdout)
