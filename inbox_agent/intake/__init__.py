"""From a fetched message to what its conversation is told of it, or to the folder it goes to instead."""
