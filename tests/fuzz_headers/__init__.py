"""Fuzzes the proof of a sender against other readers: ``python -m tests.fuzz_headers --count N``."""
