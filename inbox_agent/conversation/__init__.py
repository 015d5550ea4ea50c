"""Every rule of a conversation. Pure: no workflow engine, no clock, no I/O."""
