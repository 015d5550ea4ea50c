"""Kills the embedded engine again and again under load and checks that every workflow still ends right.

``python -m tests.crash --kills 300`` prints the figures and exits with 1 if one workflow went wrong.
"""
