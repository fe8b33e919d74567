from evoapproxnas.multipliers import load_library
from evoapproxnas.networks.drawing import relative_energies


def test_colours_follow_the_power_of_what_the_library_knows():
    library = load_library()
    share = library["mul8u_or8_v6"].power_uw / library["exact8"].power_uw
    found = relative_energies(["exact8", "mul8u_or8_v6@a6w4", "somebody's"])
    assert found == {"exact8": 1.0, "mul8u_or8_v6@a6w4": share, "somebody's": None}
