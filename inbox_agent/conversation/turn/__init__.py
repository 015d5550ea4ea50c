"""One turn: what the model is told, what it returns, and the new state of the conversation."""
