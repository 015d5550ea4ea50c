"""What stands in for a service on one machine: workflow engine, mail server, model. Only the launcher imports it."""
