"""The side-by-side run of the server and its peers: `scripts/bench` calls it.

Each file holds one thing: `tables` and `archive` make the input, `database` holds
it, `servers` starts whoever answers, `check` compares what they answer, `load` and
`client` ask, `rounds` lets them take turns, `rows_…` are the rows of the report,
`growth` the curves, `plot` and `report` write. Nothing but the standard library.
"""
