"""What the graph says about itself: statistics, prefixes, example queries, and the service that answers for it."""
