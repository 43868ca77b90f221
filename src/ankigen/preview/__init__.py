"""The preview: a project's cards as a page, in a browser on this machine or as static files."""
