"""`python -m epg_pipeline.cli` is `epg`: how `epg up` starts its guide server, whatever the PATH says."""

from epg_pipeline.cli.app import main

main()
