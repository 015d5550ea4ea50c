"""HTML mail as lines of text: what is visible, and what its structure says about quotes and signatures."""
