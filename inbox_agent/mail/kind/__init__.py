"""What a message is: a person's, an automatic reply, a delivery report, list mail."""
