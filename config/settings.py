"""The settings: read once from the environment and secret files, each documented in ``inbox-agent.example.env``."""
