import numpy as np

from steelyard.topics.chain import Chain
from steelyard.topics.states import State, chain_seeds, normalised


def test_a_chain_at_rest_goes_on_bit_for_bit(simulated):
    corpus, _, _ = simulated(documents=30)
    chain = Chain(corpus, topics=3, alpha=0.1, beta=0.1, seed=chain_seeds(7, 1)[0], partitions=2)
    chain.sweep(5)
    again = State.of(chain).resume(corpus, threads=1, kernel="vector", partitions=2)
    for each in (chain, again):
        each.sweep(3)
    assert (chain.assignments == again.assignments).all()
    assert again.sweeps == 8


def test_seeds_of_chains_differ_and_fit_into_63_bits():
    seeds = chain_seeds(2**63 - 1, 50)
    assert len(set(seeds)) == 50
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert chain_seeds(0, 1) != chain_seeds(1, 1)


def test_rows_without_mass_stay_without():
    assert normalised(np.array([[0.0, 0.0], [1.0, 1.0]])).tolist() == [[0.0, 0.0], [0.5, 0.5]]
