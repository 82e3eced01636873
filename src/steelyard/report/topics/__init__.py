"""The page of a fit of topics: its charts, its words and its template; every number comes from a `Portrait`."""
