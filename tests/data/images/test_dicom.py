from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

from steelyard.data.images.decoding import decode_image
from steelyard.data.images.picture import UnreadableImageError

pydicom = pytest.importorskip("pydicom")
STORED = np.array([[0, 100, 200], [300, 400, 4095]], np.uint16)


def written(stored=STORED, *, bits=12, meaning="MONOCHROME2", **more):
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(prefix="1.2.3.", entropy_srcs=["x"])
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = Dataset()
    data.file_meta = meta
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.Rows, data.Columns = stored.shape[-2:] if stored.ndim < 3 or meaning != "RGB" else stored.shape[:2]
    data.SamplesPerPixel = 3 if meaning == "RGB" else 1
    if meaning == "RGB":
        data.PlanarConfiguration = 0
    data.PhotometricInterpretation = meaning
    data.BitsAllocated = 8 * stored.dtype.itemsize
    data.BitsStored, data.HighBit = bits, bits - 1
    data.PixelRepresentation = int(stored.dtype.kind == "i")
    data.PixelData = stored.tobytes()
    data["PixelData"].VR = "OW" if stored.dtype.itemsize == 2 else "OB"
    for name, value in more.items():
        setattr(data, name, value)
    file = BytesIO()
    data.save_as(file, enforce_file_format=True)
    return file.getvalue()


def grey(content):
    return decode_image(content).values[:, :, 0]


def test_without_a_window_the_storable_range_is_0_to_1():
    picture = decode_image(written())
    assert picture.values.dtype == np.float32
    assert picture.decoder.startswith("pydicom")
    assert np.allclose(picture.values[:, :, 0], STORED / 4095)


def test_signed_values():
    stored = np.array([[-2048, 0, 2047]], np.int16)
    assert np.allclose(grey(written(stored)), [[0, 2048 / 4095, 1]])


def test_rescaling_alone_changes_nothing_since_the_range_is_rescaled_too():
    assert np.allclose(grey(written(RescaleSlope=2, RescaleIntercept=-1000)), STORED / 4095)


def test_a_falling_rescale_turns_dark_and_bright():
    assert np.allclose(grey(written(RescaleSlope=-1, RescaleIntercept=0)), 1 - STORED / 4095)


def test_windows_apply_to_rescaled_values():
    # C.11.2.1.2.1 of the standard: y = (x - (c - 0.5)) / (w - 1) + 0.5, cut at both ends
    values = grey(written(WindowCenter=-700, WindowWidth=201, RescaleSlope=1, RescaleIntercept=-1000))
    expected = np.clip((STORED - 1000.0 + 700.5) / 200 + 0.5, 0, 1)
    assert np.allclose(values, expected)
    assert decode_image(written(WindowCenter=200, WindowWidth=201)).notes == ("windowed",)


def test_of_several_windows_the_first():
    one = grey(written(WindowCenter=200, WindowWidth=201))
    assert np.array_equal(grey(written(WindowCenter=[200, 900], WindowWidth=[201, 500])), one)


def test_a_sigmoid_window():
    values = grey(written(WindowCenter=200, WindowWidth=100, VOILUTFunction="SIGMOID"))
    assert np.allclose(values, 1 / (1 + np.exp(-4 * (STORED - 200.0) / 100)), atol=1e-6)


def test_monochrome1_is_inverted_after_windowing():
    plain = grey(written(WindowCenter=200, WindowWidth=201))
    picture = decode_image(written(WindowCenter=200, WindowWidth=201, meaning="MONOCHROME1"))
    assert np.allclose(picture.values[:, :, 0], 1 - plain)
    assert picture.notes == ("windowed", "MONOCHROME1 inverted")


def test_a_table_of_the_file():
    from pydicom.dataset import Dataset

    table = Dataset()
    table.LUTDescriptor = [4, 100, 8]
    table.LUTData = [0, 51, 102, 255]
    table["LUTData"].VR = "US"
    stored = np.array([[0, 100, 101, 102, 103, 500]], np.uint16)
    values = grey(written(stored, VOILUTSequence=[table]))
    assert np.allclose(values, np.array([[0, 0, 51, 102, 255, 255]]) / 255)


def test_colour():
    stored = np.arange(24, dtype=np.uint8).reshape(2, 4, 3) * 10
    assert np.allclose(decode_image(written(stored, bits=8, meaning="RGB")).values, stored / 255)


def test_of_several_frames_the_first():
    stored = np.stack([STORED, STORED + 0 * STORED + 1])
    picture = decode_image(written(stored, NumberOfFrames=2))
    assert np.allclose(picture.values[:, :, 0], STORED / 4095)
    assert picture.notes == ("first of several frames",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (bytes(128) + b"DICM", "damaged, or has no pixels"),
        (written()[:-6], "damaged"),
        (written(RescaleSlope=0, RescaleIntercept=3), "slope is 0"),
        (written(meaning="PALETTE COLOR"), "photometric interpretation"),
        (written(Rows=60000, Columns=60000), "bomb"),
        (written(WindowCenter=200, WindowWidth=0.5), "Width must be"),
    ],
)
def test_refuses_what_has_no_pixels_to_trust(content, reason):
    with pytest.raises(UnreadableImageError, match=reason):
        decode_image(content)


def test_bytes_changed_at_random_end_in_pixels_or_in_a_reason():
    rng = np.random.default_rng(2)
    content = written(WindowCenter=200, WindowWidth=201)
    ends = []
    for _ in range(200):
        damaged = bytearray(content)
        for place in rng.integers(132, len(content), rng.integers(1, 6)):
            damaged[place] = rng.integers(0, 256)
        try:
            ends.append(decode_image(bytes(damaged)).values.ndim == 3)
        except UnreadableImageError as error:
            ends.append(bool(str(error)))
    assert all(ends)
