"""What was worked out before, kept in the project: unchanged notes are not read again, an unchanged project not built.

- `program` what made an entry: another version, or another Python, has entries of its own;
- `store` the folder of entries: whole, sealed and bounded;
- `encoding` documents as JSON;
- `last` the last build of a project, as long as nothing has changed since;
- `settled` what that build made of each file, as long as that one has not changed.
"""
