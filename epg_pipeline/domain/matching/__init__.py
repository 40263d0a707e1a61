"""Readings x events -> decisions with their evidence; overrides, aliases, diagnosis, explanations."""
