"""Writes docs/transcript.md and docs/pictures: a conversation on the real system, as its owner receives it."""
