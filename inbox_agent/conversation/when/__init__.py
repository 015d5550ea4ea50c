"""Times: what was said about them, the instant they mean, and the words for it."""
