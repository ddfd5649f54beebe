"""Read a CX2 file with ndex2; print what it holds, and one node."""

import json
import sys

from ndex2.cx2 import RawCX2NetworkFactory

network = RawCX2NetworkFactory().get_cx2network(sys.argv[1])
nodes = network.get_nodes()
edges = network.get_edges()
one = next(node["v"] for node in nodes.values() if node["v"]["curie"] == sys.argv[2])
print(json.dumps({"nodes": len(nodes), "edges": len(edges), "about": network.get_network_attributes(), "one": one}))
