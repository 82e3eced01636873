from __future__ import annotations

import torch
from torch import nn

from steelyard.watch.recording.modes import ForwardRecorder, operation


def test_modes_are_counted_with_and_without_gradients() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.1), nn.Linear(3, 1))
    recorder = ForwardRecorder(model)
    model.train()
    model(torch.ones(2, 3))
    model.eval()
    model(torch.ones(2, 3))
    with torch.no_grad():
        model(torch.ones(2, 3))
    model.train()
    with torch.no_grad():
        model(torch.ones(2, 3))
    modes = recorder.modes()
    assert modes.layers == ("Dropout",)
    assert (modes.training, modes.training_in_eval, modes.scoring, modes.scoring_in_train) == (2, 1, 2, 1)


def test_layers_that_act_alike_in_both_modes_do_not_count() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.0), nn.LayerNorm(3))
    assert ForwardRecorder(model).modes().layers == ()


def test_a_call_is_kept_only_when_armed_and_let_go() -> None:
    model = nn.Linear(3, 1)
    recorder = ForwardRecorder(model)
    model(torch.ones(2, 3))
    assert recorder.outputs is None
    recorder.armed = True
    out = model(torch.ones(2, 3))
    assert torch.equal(recorder.outputs, out)
    assert not recorder.outputs.requires_grad
    recorder.forget()
    assert recorder.outputs is None
    recorder.close()
    assert not model._forward_hooks


def test_the_operation_is_seen_through_changes_of_shape() -> None:
    x = torch.randn(4, 1, requires_grad=True)
    assert operation(torch.sigmoid(x).squeeze(1)) == "Sigmoid"
    assert operation(torch.softmax(x, dim=1).view(2, 2)) == "Softmax"
    assert operation(nn.Linear(1, 1)(x)) == "Addmm"
    assert operation(x.detach()) == ""
