"""The workflow of one conversation: schema, RPCs, thin states, and what the states share."""
