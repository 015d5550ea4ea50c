"""One file a state: each reads attributes, makes one pure decision and at most one port call, writes, and returns."""
