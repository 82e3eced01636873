"""What falls when the loss of a language model falls: measured on held-out text, token by token, one idea a file."""
