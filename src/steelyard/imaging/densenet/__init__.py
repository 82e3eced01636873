"""DenseNet in plain torch, the network of CheXNet, and the files of weights that it can be started from."""

from steelyard.imaging.densenet.architecture import DenseNet
from steelyard.imaging.densenet.inference import FusedDenseNet
from steelyard.imaging.densenet.loading import read_weights

__all__ = ["DenseNet", "FusedDenseNet", "read_weights"]
