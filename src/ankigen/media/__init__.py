"""From the pictures and sounds that a field names to the files that go into the package."""
