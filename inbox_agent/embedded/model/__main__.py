"""``python -m inbox_agent.embedded.model``."""

import sys

from inbox_agent.embedded.model.server import main

if __name__ == "__main__":
    sys.exit(main())
