"""Reading and writing mail. Pure: bytes in, values out; no clock, network, environment or logging."""
