"""A TV guide for the sports event channels of an IPTV provider."""
