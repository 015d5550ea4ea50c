"""Words of many languages and how they are compared: clauses, commands, salutations, look-alikes. Pure."""
