"""From curated tables to checked rows to statements."""
