"""The outside behind the ports: IMAP, SMTP, the model, the iWF client. Library errors are translated here."""
