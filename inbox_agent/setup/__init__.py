"""``inbox-agent setup``: from nothing to a settings file that works, by a few questions whose answers are tried at once."""
