"""What is recorded of a training: losses held against trivial predictors, gradients, wiring, inputs; never the run itself changed."""
