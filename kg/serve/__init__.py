"""The graph over HTTP: SPARQL endpoint, stored queries and matching as an API, pages."""
