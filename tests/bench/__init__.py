"""Benchmarks of the embedded engine: ``python -m tests.bench`` (``--quick`` for a short one).

Each figure stands beside something that was run at the same time on the same machine, and rounds of both alternate: absolute
figures say more about the machine than about the engine. Nothing here passes or fails.
"""
