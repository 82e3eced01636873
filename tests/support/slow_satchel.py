"""Satchel written a second time, from its prose: a list of words and plain conditions, for tests to hold the tables against."""

from itertools import product


def take(rules, bag, word):
    """Return the reward of taking a word from a bag (a sorted tuple of words), and what is left before anything arrives."""
    if word not in bag:
        return rules.absent, bag
    rest = list(bag)
    rest.remove(word)
    reward = 0.0
    if word.startswith("chest"):
        kind = int(word.removeprefix("chest_"))
        key = f"key_{kind}"
        if key in rest:
            rest.remove(key)
            reward = rules.values[kind]
        else:
            reward = -rules.hasty * rules.values[kind]
        if "wolf" in rest:
            reward += rules.beside_wolf
    if word == "wolf":
        if "bread" in rest:
            rest.remove("bread")
        else:
            reward = rules.hungry_wolf
    return reward, tuple(sorted(rest))


def arrivals(rules, bag):
    """Return what a bag may become and how likely each is."""
    each = rules.arrival / len(rules.words)
    full = len(bag) == rules.capacity
    arrived = [(each, bag if full else tuple(sorted((*bag, word)))) for word in rules.words]
    return [(1 - rules.arrival, bag), *arrived]


def first_bags(rules):
    """Return every way to draw a first bag, and how likely each is."""
    ways = list(product(rules.words, repeat=rules.capacity))
    return [(1 / len(ways), tuple(sorted(way))) for way in ways]


def expected_return(rules, policy):
    """Return what a policy gets, following every trajectory; `policy(step, bag)` gives a probability for each word."""

    def onwards(step, bag):
        if step == rules.horizon:
            return 0.0
        total = 0.0
        for chance, word in zip(policy(step, bag), rules.words, strict=True):
            reward, rest = take(rules, bag, word)
            total += chance * (
                reward + sum(likely * onwards(step + 1, then) for likely, then in arrivals(rules, rest))
            )
        return total

    return sum(chance * onwards(0, bag) for chance, bag in first_bags(rules))


def best_return(rules):
    """Return what the best policy gets, following every trajectory and choosing the best word at each."""

    def onwards(step, bag):
        if step == rules.horizon:
            return 0.0
        return max(
            reward + sum(likely * onwards(step + 1, then) for likely, then in arrivals(rules, rest))
            for reward, rest in (take(rules, bag, word) for word in rules.words)
        )

    return sum(chance * onwards(0, bag) for chance, bag in first_bags(rules))


def number(tables, bag):
    """Return the number of a bag (a tuple of words) in the tables."""
    return tables.number({word: bag.count(word) for word in set(bag)})
