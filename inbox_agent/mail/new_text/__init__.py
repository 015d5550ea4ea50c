"""A person's own new words, apart from quoted history, signatures and footers."""
