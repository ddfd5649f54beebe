"""Who does the work: processes that hold the graph, can be stopped at any time, and harm nobody when they die."""
