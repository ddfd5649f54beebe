"""Typed values of the field: features, intervals, populations. No input or output."""
