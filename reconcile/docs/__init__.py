"""The longer documentation, a Markdown file a subject, which `reconcile docs` shows at sites without a web."""
