import pytest
from filelock import FileLock

from evoapproxnas.errors import StoreError
from evoapproxnas.files import study_folder


def test_a_folder_is_for_one_study_by_one_process(tmp_path):
    folder = tmp_path / "deep" / "study"
    with study_folder(folder, {"seed": 1}):
        with pytest.raises(StoreError, match="another process works"):
            with study_folder(folder, {"seed": 1}):
                pass
    with study_folder(folder, {"seed": 1}):
        pass
    with pytest.raises(StoreError, match="seed was 1, now 2"):
        with study_folder(folder, {"seed": 2}):
            pass
    assert not FileLock(folder / ".lock").is_locked
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot use folder"):
        with study_folder(tmp_path / "file" / "study", {}):
            pass


@pytest.mark.parametrize("text", ["{", "[]", "[" * 5000, "null"])
def test_a_damaged_identity_is_told(tmp_path, text):
    (tmp_path / "identity.json").write_text(text)
    with pytest.raises(StoreError, match=r"identity\.json"):
        with study_folder(tmp_path, {"seed": 1}):
            pass
