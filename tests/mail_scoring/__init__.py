"""Scores the reading of mail over a directory of corpora: ``python -m tests.mail_scoring /path/to/mail_corpora``."""
