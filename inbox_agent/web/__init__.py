"""The HTTP side: API, status page, worker routes."""
