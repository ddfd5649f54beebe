"""The OWL side: HermiT, and what follows from the ontology."""
