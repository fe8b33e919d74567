import pytest

from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.hardware.accelerators import buffer_kb, load_accelerator, variant_text


def test_a_variant_has_other_sizes_and_the_same_registers():
    own, other = load_accelerator("eyeriss"), load_accelerator("eyeriss@8x16,27KB,any")
    assert (other.rows, other.columns, other.dataflow) == (8, 16, "any")
    assert buffer_kb(own) == 108
    assert buffer_kb(other) == 27
    for before, after in zip(own.memories, other.memories, strict=True):
        if before.level == "buffer":
            assert after.size_bytes == before.size_bytes / 4
            assert after.read_pj == pytest.approx(before.read_pj / 2)
            assert after.area_um2 == pytest.approx(before.area_um2 / 4)
        else:
            assert after == before


def test_energies_that_are_not_stated_scale_as_technology_says():
    own, other = load_accelerator("edge_tpu"), load_accelerator("edge_tpu@4224KB")
    assert buffer_kb(own) == 2 * buffer_kb(other)
    for before, after in zip(own.memories, other.memories, strict=True):
        if before.level == "buffer":
            assert after.write_pj == pytest.approx(before.write_pj * 0.5**0.5)


def test_a_text_makes_what_it_was_made_of():
    own = load_accelerator("eyeriss")
    text = variant_text(own, rows=8, columns=None, buffer=0.5, dataflow="output_stationary")
    assert text == "8x14,0.5KB,output_stationary"
    other = load_accelerator(f"eyeriss@{text}")
    assert variant_text(own, rows=other.rows, columns=other.columns, buffer=buffer_kb(other),
                        dataflow=other.dataflow) == text  # fmt: skip
    same = variant_text(own, rows=12, columns=14, buffer=108.0, dataflow="row_stationary")
    assert same == ""


def test_files_are_varied_too(tmp_path):
    file = tmp_path / "a@b" / "mine.toml"
    file.parent.mkdir()
    file.write_text(
        "rows=2\ncolumns=2\nclock_mhz=100\ndataflow='any'\nsum_bits=32\naccumulator_pj=0.1\n"
        "accumulator_um2=100\n[[memory]]\nname='m'\nlevel='buffer'\nsize_bytes=100000\n"
        "operands=['weights','inputs','outputs']\nword_bits=64\n"
    )
    assert load_accelerator(str(file)).name == "mine"
    assert load_accelerator(f"{file}@4x2").rows == 4


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("eyeriss@", "got ''"),
        ("eyeriss@8x", "got '8x'"),
        ("eyeriss@0x8", "1 to 4096 rows"),
        ("eyeriss@9999x8", "1 to 4096 rows"),
        ("eyeriss@0.01KB", "less than one word"),
        ("eyeriss@0KB", "less than one word"),
        ("eyeriss@8x8,9x9", "expected an array at most once behind the @, got '9x9' as well"),
        ("eyeriss@any,8KB,any", "expected a dataflow at most once"),
    ],
)
def test_impossible_sizes_are_said(name, told):
    with pytest.raises(ConfigError, match=told):
        load_accelerator(name)


def test_unknown_parts_suggest():
    with pytest.raises(UnknownNameError, match="did you mean 'row_stationary'"):
        load_accelerator("eyeriss@row_stationry")
    with pytest.raises(UnknownNameError, match="did you mean 'eyeriss'"):
        load_accelerator("eyeris@8x8")
