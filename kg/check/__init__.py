"""Quality control of the sources and the graph."""
