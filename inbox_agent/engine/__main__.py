"""``python -m inbox_agent.engine``."""

import sys

from inbox_agent.engine.main import main

if __name__ == "__main__":
    sys.exit(main())
