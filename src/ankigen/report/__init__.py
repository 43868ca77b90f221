"""What was found, written out: one module a format."""
