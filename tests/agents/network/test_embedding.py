import torch

from steelyard.agents.network.embedding import LinearEmbedding, position_code


def test_it_is_one_linear_map_of_one_hot_words_and_features():
    torch.manual_seed(0)
    embedding = LinearEmbedding(6, 2, 8, bias=True)
    words, features = torch.randint(0, 6, (3, 4)), torch.randn(3, 4, 2)
    one_hot = torch.cat([torch.nn.functional.one_hot(words, 6).float(), features], dim=-1)
    torch.testing.assert_close(embedding(words, features), embedding.linear(one_hot))


def test_gradients_are_the_linear_map_s():
    torch.manual_seed(0)
    embedding = LinearEmbedding(6, 2, 8, bias=True)
    words, features = torch.randint(0, 6, (3, 4)), torch.randn(3, 4, 2)
    one_hot = torch.cat([torch.nn.functional.one_hot(words, 6).float(), features], dim=-1)
    slope = torch.randn(3, 4, 8)
    found = torch.autograd.grad(embedding(words, features), embedding.linear.parameters(), slope)
    expected = torch.autograd.grad(embedding.linear(one_hot), embedding.linear.parameters(), slope)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


def test_without_a_bias_there_is_none():
    assert LinearEmbedding(6, 0, 8, bias=False).linear.bias is None


def test_places_have_vaswani_s_code():
    code = position_code(3, 4)
    expected = torch.tensor([[0.0, 1.0, 0.0, 1.0], [0.841471, 0.540302, 0.0099998, 0.99995]])
    torch.testing.assert_close(code[:2], expected, atol=1e-5, rtol=0)
    assert position_code(2, 5).shape == (2, 5)
