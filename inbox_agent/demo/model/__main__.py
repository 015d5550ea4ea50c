"""``python -m inbox_agent.demo.model``."""

import sys

from inbox_agent.demo.model.server import main

if __name__ == "__main__":
    sys.exit(main())
