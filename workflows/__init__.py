"""The durable workflows: schema, pure decisions, thin states. Ports come in by constructor."""
