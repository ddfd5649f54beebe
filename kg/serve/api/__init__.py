"""What the pages and programs ask of the graph besides SPARQL: each call is a plain function of the graph and its arguments."""
