"""Running an installation: status, doctor, alerts, the supervisor behind `epg up`."""
