"""The page of an agent: its charts, its words; every number comes from an `AgentPortrait`."""
