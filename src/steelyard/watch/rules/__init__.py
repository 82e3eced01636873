"""The rules: one module a finding, found by walking this package; each is tested by a run that has it and one that hasn't."""
