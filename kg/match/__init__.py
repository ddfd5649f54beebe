"""Deciding: what follows from a partly known situation, exactly as OWL means it."""
