"""``python -m inbox_agent`` is ``inbox-agent``."""

from inbox_agent.cli import main

raise SystemExit(main())
