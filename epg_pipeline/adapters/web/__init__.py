"""What is fetched over HTTP: playlists, Xtream accounts, event sources."""
