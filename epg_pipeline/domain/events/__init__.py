"""Sources' events merged into one canonical schedule."""
