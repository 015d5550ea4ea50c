"""The workflow of one owner: what is remembered of them over all their conversations."""
