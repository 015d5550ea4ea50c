"""Debian systems as a newcomer has them, made by debootstrap, in which the project's two commands are played."""
