"""Values to ``email.message.EmailMessage`` and headers that are safe on the wire."""
