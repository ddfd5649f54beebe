"""Figures from the graph: forest plots of evidence, and timelines of regulatory decisions."""
