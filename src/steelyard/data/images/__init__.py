"""Images from whatever their owner has: folders, archives, tables of paths, arrays, CIFAR."""

from steelyard.data.images.array import ArrayImages
from steelyard.data.images.cifar import LabelledImages, read_cifar
from steelyard.data.images.decoding import decode_image
from steelyard.data.images.download import download_cifar
from steelyard.data.images.files import ImageFiles, folder_images
from steelyard.data.images.opening import open_images
from steelyard.data.images.picture import Picture, Skipped, UnreadableImageError
from steelyard.data.images.source import ImageSource
from steelyard.data.images.tar_archive import TarImages
from steelyard.data.images.zip_archive import ZipImages

__all__ = [
    "ArrayImages",
    "ImageFiles",
    "ImageSource",
    "LabelledImages",
    "Picture",
    "Skipped",
    "TarImages",
    "UnreadableImageError",
    "ZipImages",
    "decode_image",
    "download_cifar",
    "folder_images",
    "open_images",
    "read_cifar",
]
