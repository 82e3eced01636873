"""Compiled sweeps over blocks of tokens: `vector` in single precision, eight topics at a time; `scalar` in double precision."""
