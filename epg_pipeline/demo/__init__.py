"""The bundled sample: one past day of an invented provider."""
