"""The iWF server's HTTP API on SQLite."""
