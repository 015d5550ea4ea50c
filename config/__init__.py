"""Settings: read once, validated, documented in the example file beside this."""
