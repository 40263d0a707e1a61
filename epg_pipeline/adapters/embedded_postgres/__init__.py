"""The default database server, started on demand. Imports nothing else of the product but its errors."""
