"""``inbox-agent setup``: asks a few questions, tests each answer and writes a working settings file."""
