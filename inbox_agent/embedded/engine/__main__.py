"""``python -m inbox_agent.embedded.engine``."""

import sys

from inbox_agent.embedded.engine.main import main

if __name__ == "__main__":
    sys.exit(main())
