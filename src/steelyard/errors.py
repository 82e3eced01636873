"""The errors Steelyard raises: each says what had to hold, what was got, and what to try.

The command line prints the message of any of them on one line and exits with code 2, without a traceback.
"""


class SteelyardError(Exception):
    """Base of every error that Steelyard raises on purpose."""


class InputError(SteelyardError, ValueError):
    """Input (a file, a column, an option, an argument) that no answer can be got from."""


class ConfoundedError(InputError):
    """A comparison of configurations that differ in more than the factor it names."""


class StoreError(SteelyardError, RuntimeError):
    """A store that can't be opened, read or written; the file is left as it was."""


class TrialError(SteelyardError, RuntimeError):
    """A trial function that failed in a way that makes the study pointless (every trial of a block failed)."""


class MissingExtraError(SteelyardError, ImportError):
    """An optional package that is not installed; the message gives the extra that brings it."""
