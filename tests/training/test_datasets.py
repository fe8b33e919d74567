import dataclasses
import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.config import DataConfig
from evoapproxnas.errors import DatasetError, UnknownNameError
from evoapproxnas.training import SOURCES, Augmentation, load_dataset
from evoapproxnas.training.datasets import digits as source
from evoapproxnas.training.datasets.npz import find_or_download
from tests.mutation import changed

SPLITS = ("train", "val", "test")


def save(path, arrays):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return str(path)


def load(path, **options):
    return load_dataset(DataConfig(dataset=str(path), **options))


class TestDigits:
    def test_splits_are_disjoint_and_complete(self, digits):
        assert [len(getattr(digits, f"x_{s}")) for s in SPLITS] == [1200, 247, 350]
        together = np.concatenate([getattr(digits, f"x_{s}") for s in SPLITS])
        from sklearn.datasets import load_digits

        original = np.rint(load_digits().images * 255 / 16).astype(np.uint8)[..., None]
        assert sorted(i.tobytes() for i in together) == sorted(i.tobytes() for i in original)

    def test_they_are_the_same_where_scikit_learn_keeps_them_elsewhere(self, monkeypatch):
        read = source.SOURCE.load(None)
        monkeypatch.setattr(source, "find_spec", lambda name: None)
        imported = source.SOURCE.load(None)
        for name in ("x_train", "y_train", "x_test", "y_test"):
            assert np.array_equal(getattr(read, name), getattr(imported, name))

    def test_shapes_types_and_range(self, digits):
        assert digits.input_shape == (8, 8, 1)
        assert digits.classes == 10
        assert digits.origin == "scikit-learn"
        assert digits.x_train.dtype == np.uint8
        assert digits.y_train.dtype == np.int64
        assert (digits.x_train.min(), digits.x_train.max()) == (0, 255)

    def test_is_frozen(self, digits):
        with pytest.raises(dataclasses.FrozenInstanceError):
            digits.classes = 3
        with pytest.raises(ValueError, match="read-only"):
            digits.x_val[0] = 0

    def test_moments_are_those_of_the_training_split(self, digits):
        np.testing.assert_allclose(digits.mean, [digits.x_train.mean()])
        np.testing.assert_allclose(digits.variance, [digits.x_train.astype(float).var()])

    def test_split_is_pinned(self, digits):
        # Changing the split silently would make runs incomparable.
        digests = [
            hashlib.sha256(x.tobytes()).hexdigest()[:16] for x in (digits.x_val, digits.x_test)
        ]
        assert digests == ["162b7e53b52badf1", "5cedcfbc095c1d22"]

    def test_subsets_are_balanced_prefixes(self, digits):
        small = load_dataset(DataConfig(train_images=100, validation_images=50, test_images=30))
        for split, count in zip(SPLITS, (100, 50, 30), strict=True):
            for array in ("x", "y"):
                part, whole = (getattr(d, f"{array}_{split}") for d in (small, digits))
                np.testing.assert_array_equal(part, whole[:count])
        assert np.ptp(np.bincount(small.y_train)) <= 3

    @pytest.mark.parametrize(
        ("option", "there"), [("train", 1200), ("validation", 247), ("test", 350)]
    )
    def test_asking_for_too_many_says_how_many_there_are(self, option, there):
        with pytest.raises(DatasetError, match=f"{there} {option} images.*asked for 9999"):
            load_dataset(DataConfig(**{f"{option}_images": 9999}))

    def test_are_not_augmented(self, digits):
        assert not digits.augment


class TestNames:
    def test_unknown_name_suggests_the_nearest(self):
        with pytest.raises(UnknownNameError, match="did you mean 'cifar10'"):
            load("cifar-10")

    def test_registry_keys_are_names(self):
        assert set(SOURCES) == {"digits", "cifar10", "fashion_mnist"}

    def test_loading_needs_no_tensorflow(self):
        code = (
            "import sys; from evoapproxnas.config import DataConfig;"
            "from evoapproxnas.training import load_dataset; load_dataset(DataConfig());"
            "sys.exit('tensorflow' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.usefixtures("no_data")
class TestFiles:
    def test_file_by_path(self, tmp_path, arrays):
        data = load(save(tmp_path / "mine.npz", arrays))
        assert data.name == "mine"
        assert data.origin == str(tmp_path / "mine.npz")
        assert (data.classes, data.input_shape) == (4, (8, 8, 3))
        assert [len(getattr(data, f"x_{s}")) for s in SPLITS] == [54, 6, 20]
        assert data.augmentation == Augmentation(padding_px=1, flip=False)
        assert len(data.mean) == len(data.variance) == 3

    def test_augmentation_can_be_chosen(self, tmp_path, arrays):
        path = save(tmp_path / "mine.npz", arrays)
        data = load(path, translation_px=3, translation_fill="zero", flips="random")
        assert data.augmentation == Augmentation(
            padding_px=3, flip=False, fill="zero", flips="random"
        )

    def test_augmentation_can_be_switched_off(self, tmp_path, arrays):
        path = save(tmp_path / "mine.npz", arrays)
        assert load(path).augment
        assert not load(path, augment=False).augment

    def test_images_keep_their_labels(self, tmp_path, arrays):
        for part in ("train", "test"):
            arrays[f"x_{part}"][:, 0, 0, 0] = arrays[f"y_{part}"]
        data = load(save(tmp_path / "mine.npz", arrays))
        for split in SPLITS:
            images, labels = getattr(data, f"x_{split}"), getattr(data, f"y_{split}")
            np.testing.assert_array_equal(images[:, 0, 0, 0], labels)

    def test_grayscale_gets_a_channel_and_column_labels_are_flattened(self, tmp_path, arrays):
        for part in ("train", "test"):
            arrays[f"x_{part}"] = arrays[f"x_{part}"][..., 0]
            arrays[f"y_{part}"] = arrays[f"y_{part}"][:, None].astype(np.uint8)
        data = load(save(tmp_path / "gray.npz", arrays))
        assert data.input_shape == (8, 8, 1)
        assert data.y_train.shape == (54,)

    def test_relative_file_is_found_in_the_data_folder(self, tmp_path, arrays):
        save(tmp_path / "data" / "mine.npz", arrays)
        assert load("mine.npz", data_dir=str(tmp_path / "data")).name == "mine"

    def test_other_data_never_take_the_place_of_a_named_folder(
        self, tmp_path, arrays, monkeypatch
    ):
        save(tmp_path / "here" / "mine.npz", arrays)
        save(tmp_path / "env" / "mine.npz", arrays)
        monkeypatch.chdir(tmp_path / "here")
        monkeypatch.setenv("EVOAPPROXNAS_DATA", str(tmp_path / "env"))
        (tmp_path / "wrong").mkdir()
        with pytest.raises(DatasetError, match="not found; looked for [^,]*wrong/mine.npz$"):
            load("mine.npz", data_dir=str(tmp_path / "wrong"))

    @pytest.mark.parametrize("name", ["mine.npz", "cifar10", "digits"])
    def test_a_named_folder_exists(self, tmp_path, name):
        with pytest.raises(DatasetError, match="gone' does not exist; name another one"):
            load(name, data_dir=str(tmp_path / "gone"))

    def test_missing_file_says_where_it_looked(self, tmp_path):
        with pytest.raises(DatasetError, match="not found; looked for .*nowhere.npz"):
            load(tmp_path / "nowhere.npz")

    def test_missing_array_is_named(self, tmp_path, arrays):
        del arrays["y_test"]
        with pytest.raises(DatasetError, match="lacks y_test and holds x_test, x_train, y_train"):
            load(save(tmp_path / "mine.npz", arrays))

    @pytest.mark.parametrize("keep", [0, 10, 2000, -30])
    def test_truncated_file(self, tmp_path, arrays, keep):
        path = tmp_path / "cut.npz"
        np.savez_compressed(path, **arrays)
        path.write_bytes(path.read_bytes()[:keep])
        with pytest.raises(DatasetError, match="cut.npz is not a readable .npz archive"):
            load(path)

    def test_damaged_content(self, tmp_path, arrays):
        path = tmp_path / "bad.npz"
        np.savez_compressed(path, **arrays)
        content = bytearray(path.read_bytes())
        content[3000:3100] = bytes(100)
        path.write_bytes(content)
        with pytest.raises(DatasetError, match="not a readable"):
            load(path)

    def test_single_array(self, tmp_path):
        with (tmp_path / "one.npz").open("wb") as file:
            np.save(file, np.zeros(3))
        with pytest.raises(DatasetError, match="npz archive"):
            load(tmp_path / "one.npz")

    @pytest.mark.parametrize(
        ("key", "change", "message"),
        [
            ("x_train", lambda a: a / 255.0, "must be uint8 pixels"),
            ("x_train", lambda a: a[:30], "must hold one class number per image"),
            ("x_train", lambda a: a.reshape(60, -1), "must have shape"),
            ("x_test", lambda a: a[:, :4], "images of one shape"),
            ("x_test", lambda a: a[:0], "n > 0"),
            ("x_train", lambda a: a.transpose(0, 3, 1, 2), "looks channels-first"),
            ("y_train", lambda a: a[:-1], r"shape \(60,\), got \(59,\)"),
            ("y_train", lambda a: np.eye(4)[a], "argmax"),
            ("y_train", lambda a: a.astype(float), "must hold integers, got float64"),
            ("y_train", lambda a: a.astype("m8[s]"), "must hold integers, got timedelta64"),
            ("y_train", lambda a: a.astype(np.uint64) + 2**63, "renumber"),
            ("x_train", lambda a: a.view("S1"), "must be uint8"),
            ("y_train", lambda a: a - 1, "classes from 0 on, got -1"),
            ("y_train", lambda a: a + 1, "renumber"),
            ("y_train", lambda a: a * 0, "at least two classes"),
            ("y_test", lambda a: a + 3, "y_test holds class 6"),
        ],
    )
    def test_malformed_arrays(self, tmp_path, arrays, key, change, message):
        arrays[key] = change(arrays[key])
        with pytest.raises(DatasetError, match=message):
            load(save(tmp_path / "mine.npz", arrays))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_changed_file_is_read_or_refused(tmp_path_factory, data):
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (20, 2, 2)).astype(np.uint8),
        "y_train": np.arange(20) % 2,
        "x_test": rng.integers(0, 256, (4, 2, 2)).astype(np.uint8),
        "y_test": np.arange(4) % 2,
    }
    path = tmp_path_factory.mktemp("data") / "mine.npz"
    np.savez(path, **arrays)
    path.write_bytes(changed(data, path.read_bytes()))
    try:
        load(path)
    except DatasetError:
        pass


@pytest.mark.usefixtures("no_data")
class TestSearchPath:
    @staticmethod
    def fail():
        raise OSError("no route to host")

    def test_order_of_folders(self, tmp_path, arrays, monkeypatch):
        monkeypatch.setenv("EVOAPPROXNAS_DATA", str(tmp_path / "env"))
        last = save(tmp_path / "keras" / "datasets" / "cifar10.npz", arrays)
        assert find_or_download("cifar10", None, self.fail).origin == last
        second = save(tmp_path / "env" / "cifar10" / "cifar10.npz", arrays)
        assert find_or_download("cifar10", None, self.fail).origin == second
        first = save(tmp_path / "mine" / "cifar10.npz", arrays)
        assert find_or_download("cifar10", tmp_path / "mine", self.fail).origin == first
        with pytest.raises(DatasetError, match="data folder .*wrong holds no data set 'cifar10'"):
            find_or_download("cifar10", tmp_path / "wrong", self.fail)

    def test_download_is_the_last_resort(self, arrays):
        halves = tuple((arrays[f"x_{p}"], arrays[f"y_{p}"]) for p in ("train", "test"))
        assert find_or_download("cifar10", None, lambda: halves).origin == "keras.datasets"

    def test_failure_names_everything_tried(self, tmp_path, monkeypatch):
        monkeypatch.setenv("EVOAPPROXNAS_DATA", str(tmp_path / "env"))
        with pytest.raises(DatasetError) as caught:
            find_or_download("fashion_mnist", None, self.fail)
        for part in (
            str(tmp_path / "env" / "fashion_mnist.npz"),
            str(tmp_path / "keras" / "datasets" / "fashion_mnist" / "fashion_mnist.npz"),
            "no route to host",
            "--data-dir",
            "EVOAPPROXNAS_DATA",
        ):
            assert part in str(caught.value)

    def test_damaged_file_is_not_passed_over(self, tmp_path):
        (tmp_path / "cifar10.npz").write_bytes(b"not a zip file")
        with pytest.raises(DatasetError, match="not a readable"):
            load("cifar10", data_dir=str(tmp_path))

    def test_fashion_mnist_from_a_folder(self, tmp_path, arrays):
        save(tmp_path / "fashion_mnist" / "fashion_mnist.npz", arrays)
        data = load("fashion_mnist", data_dir=str(tmp_path))
        assert data.name == "fashion_mnist"
        assert data.augmentation.flip


def test_cifar10(cifar10_config):
    data = load_dataset(cifar10_config)
    assert [len(getattr(data, f"x_{s}")) for s in SPLITS] == [45000, 5000, 10000]
    assert data.input_shape == (32, 32, 3)
    assert np.bincount(data.y_val).tolist() == [500] * 10
    assert data.augmentation == Augmentation(padding_px=2, flip=True)
    np.testing.assert_allclose(data.mean, [125.3, 123.0, 113.9], atol=0.5)
    np.testing.assert_allclose(np.sqrt(data.variance), [63.0, 62.1, 66.7], atol=0.5)
