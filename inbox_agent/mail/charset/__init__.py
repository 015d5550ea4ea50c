"""Bytes to text: which charset they are in, and which characters of it a person sees."""
