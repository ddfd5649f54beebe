"""NET-KG: the computable knowledge of neuroendocrine tumours and their treatment.

>>> import kg
>>> graph = kg.open()  # doctest: +SKIP
>>> graph.query("therapies-for-inoperable-sstr-positive").dataframe()  # doctest: +SKIP

Research material, no medical advice.
"""

from kg.errors import NetKGError
from kg.graph import Graph, Result, ontology
from kg.graph import open_graph as open

__version__ = "0.4.0"
__all__ = ["Graph", "NetKGError", "Result", "__version__", "ontology", "open"]
