"""Whether everything outside works, and what to do where it does not: ``check``, ``health``, the start of ``run``."""
