"""Decisions -> programme blocks -> tiers -> XMLTV and the private playlist; the checks of a guide."""
