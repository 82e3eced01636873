"""Latent Dirichlet allocation by collapsed Gibbs sampling: exact, fast, and clear about its two priors."""
