"""What the owner reads: one view of a reply, rendered as text and as HTML. Pure."""
