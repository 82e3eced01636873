import re

import numpy as np
import pytest
from PIL import Image

from steelyard.errors import InputError
from steelyard.imaging.chestxray14 import read_chestxray14
from steelyard.imaging.findings import FINDINGS

HEADER = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age"
ROWS = [
    ("00000001_000.png", "Cardiomegaly", 1),
    ("00000001_001.png", "Cardiomegaly|Emphysema", 1),
    ("00000002_000.png", "No Finding", 2),
    ("00000003_000.png", "Hernia|Pleural_Thickening", 3),
]


def written(folder, rows=ROWS, train=ROWS[:2], test=ROWS[2:], files=None):
    lines = [f"{name},{labels},0,{patient},58" for name, labels, patient in rows]
    (folder / "Data_Entry_2017_v2020.csv").write_text("\n".join([HEADER, *lines]) + "\n")
    for name, listed in (("train_val_list.txt", train), ("test_list.txt", test)):
        if listed is not None:
            (folder / name).write_text("\n".join(row[0] for row in listed) + "\n")
    for nth, row in enumerate(rows if files is None else files):
        place = folder / f"images_{nth % 2:03d}" / "images"
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((6, 5), 10 * nth, np.uint8)).save(place / row[0])
    return folder


def test_reads_findings_patients_parts_and_pixels(tmp_path):
    data = read_chestxray14(written(tmp_path))
    assert data.names == tuple(row[0] for row in ROWS)
    found = [{FINDINGS[nth] for nth in np.flatnonzero(row)} for row in data.targets]
    assert found == [{"Cardiomegaly"}, {"Cardiomegaly", "Emphysema"}, set(), {"Hernia", "Pleural_Thickening"}]
    assert data.patients.tolist() == [1, 1, 2, 3]
    assert data.parts.tolist() == ["train_val", "train_val", "test", "test"]
    assert [int(data.images[nth][0, 0]) for nth in range(4)] == [0, 10, 20, 30]
    test = data.part("test")
    assert (len(test), test.names[0], int(test.images[1][0, 0])) == (2, "00000002_000.png", 30)


def test_a_patient_on_both_sides_is_an_error(tmp_path):
    written(tmp_path, train=ROWS[1:3], test=[ROWS[0], ROWS[3]])
    with pytest.raises(InputError, match=r"no patient may be in both train_val and test, but 1 is, e.g. 1"):
        read_chestxray14(tmp_path)


def test_images_that_are_not_there(tmp_path):
    written(tmp_path, files=ROWS[:3])
    with pytest.raises(InputError, match=re.escape("1 of 4 aren't, 00000003_000.png first")):
        read_chestxray14(tmp_path)
    data = read_chestxray14(tmp_path, allow_missing=True)
    assert (len(data), data.missing, len(data.part("test"))) == (3, ("00000003_000.png",), 1)


def test_without_lists_there_are_no_parts(tmp_path):
    data = read_chestxray14(written(tmp_path, train=None, test=None))
    assert set(data.parts) == {""}
    with pytest.raises(InputError, match=re.escape("must be listed in test_list.txt")):
        data.part("test")
    with pytest.raises(InputError, match="must be train_val or test"):
        data.part("validation")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"train": ROWS[:2], "test": None}, "test_list.txt is missing"),
        ({"train": ROWS[:3], "test": ROWS[2:]}, "must not be in both lists"),
        ({"train": ROWS[:1], "test": ROWS[2:]}, "of the table must be in a list"),
        ({"train": [*ROWS[:2], ("x.png", "", 9)]}, "of a list must be in the table"),
        ({"rows": [*ROWS, ROWS[0]], "train": None, "test": None, "files": ROWS}, "named more often"),
        ({"rows": [("a.png", "Mass|Luck", 1)]}, "line 2 of"),
        ({"rows": [("a.png", "No Finding|Mass", 1)]}, "line 2 of"),
        ({"rows": [("a.png", "Mass", "x")]}, "line 2 of"),
        ({"rows": []}, "must name at least one image"),
    ],
)
def test_what_does_not_hold_together_is_refused(tmp_path, given, said):
    with pytest.raises(InputError, match=re.escape(said)):
        read_chestxray14(written(tmp_path, **given))


def test_folders_without_a_table_are_refused(tmp_path):
    with pytest.raises(InputError, match="must hold one table"):
        read_chestxray14(tmp_path)
    (tmp_path / "Data_Entry_2017.csv").write_text("Image,Labels\na,b\n")
    with pytest.raises(InputError, match="must have a column 'Image Index'"):
        read_chestxray14(tmp_path)


def test_two_files_of_one_name_are_refused(tmp_path):
    written(tmp_path)
    (tmp_path / "again").mkdir()
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(tmp_path / "again" / ROWS[0][0])
    with pytest.raises(InputError, match="must be unique"):
        read_chestxray14(tmp_path)
