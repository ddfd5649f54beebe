"""The graph in the terms of the Biolink Model 4.4.4: categories of nodes, predicates that follow from the evidence, and a check of our own."""
