"""What clients see: protocol, negotiation, limits, problems; the work itself is the engine's."""
