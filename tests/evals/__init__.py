"""Scripted conversations against any server of the Responses API, with a scored table: ``python -m tests.evals``."""
