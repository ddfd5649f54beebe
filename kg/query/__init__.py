"""The library of stored queries."""
