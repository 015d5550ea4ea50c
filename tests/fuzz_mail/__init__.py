"""Fuzzes the reading of mail: ``python -m tests.fuzz_mail --count N CORPUS_DIR``."""
