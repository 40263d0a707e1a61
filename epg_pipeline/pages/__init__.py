"""HTML pages, each one self-contained file, and their templates."""
