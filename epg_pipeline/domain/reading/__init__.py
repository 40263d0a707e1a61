"""Playlist text -> entries -> slots -> what a name says, on which day."""
