"""Bytes to ``Message``: MIME structure, headers, bodies, files, and the formats that wrap them."""
