"""Who sent a message and how that is proven (RFC 8601, 6376, 7489, 8617)."""
