import numpy as np
import pandas as pd
import pytest

from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError
from evoapproxnas.report.data import gene_frame, importance_frame
from evoapproxnas.search.api import search


def made(rows=120):
    rng = np.random.default_rng(0)
    genes = rng.integers(0, 5, (rows, 3)).astype(float)
    table = pd.DataFrame(genes, columns=["gene: a", "gene: b", "gene: c"])
    error = 0.3 - 0.05 * genes[:, 0] + 0.01 * genes[:, 1] + 0.001 * rng.standard_normal(rows)
    return table.assign(error=error, still=1.0, architecture=np.arange(rows))


def test_what_decides_comes_first():
    table = importance_frame(made(), ["error"])
    assert table["gene"].tolist()[:2] == ["a", "b"]
    assert table["effect"].iloc[0] < -0.8
    assert table["effect"].iloc[1] > 0
    assert table["score"].iloc[0] > 0.8
    assert (table["low"] <= table["high"]).all()


def test_noise_explains_nothing():
    rng = np.random.default_rng(1)
    table = importance_frame(made().assign(error=rng.random(120)), ["error"])
    assert table["score"].iloc[0] < 0.1


def test_a_constant_figure_depends_on_nothing():
    table = importance_frame(made(), ["still"])
    assert set(table["importance"]) == {0.0}
    assert table["score"].isna().all()


def test_few_networks_say_nothing():
    with pytest.raises(ConfigError, match="at least 10 .* have 4"):
        importance_frame(made().head(4), ["error"])
    with pytest.raises(ConfigError, match="has figure 'errr'"):
        importance_frame(made(), ["errr"])


def test_genes_of_networks_are_counted(networks, seeds, three):
    table = gene_frame([networks])
    nodes = table[[name for name in table if str(name).startswith("gene: nodes")]]
    first = networks.network(table["id"].iloc[0])
    assert nodes.iloc[0].sum() == len({op.node for op in first.ops}) - 1
    assert table["gene: depth"].iloc[0] == first.depth
    assert table.attrs["objectives"] == {"error": "min", "energy_nj": "min"}
    plain = gene_frame([*seeds, three])
    assert {"gene: 0", "gene: 5"} <= set(plain)
    assert importance_frame(plain)["objective"].unique().tolist() == ["error", "cost"]
    with pytest.raises(ConfigError, match="different problems"):
        gene_frame([networks, *seeds])


def test_accelerators_are_genes_where_they_are_searched(tmp_path, made_table):
    settings = (
        *("problem=nasbench201", f"data.data_dir={made_table.path.parents[1]}"),
        *(f"tabular.sha256={made_table.sha256}", "execution.executor=inline"),
        *("hardware.search=genes", "hardware.rows=[8, 16]"),
        "hardware.dataflows=['row_stationary', 'any']",
        *("search.objectives=['error', 'edp', 'area_mm2']", "search.generations=3"),
    )
    run = search(load_config(settings=settings), name="run", runs_dir=tmp_path)
    table = gene_frame([run])
    assert len([name for name in table if str(name).startswith("gene: edge")]) == 6
    assert set(table["gene: accelerator rows"]) <= {8.0, 16.0}
    assert set(table["gene: accelerator dataflow"]) <= {0.0, 1.0}
    unordered = table.attrs["unordered"]
    assert "gene: accelerator dataflow" in unordered
    assert "gene: accelerator rows" not in unordered
    named = importance_frame(table, ["edp"])["gene"]
    assert {"edge 0 to 3", "accelerator rows"} <= set(named)


def test_a_run_without_points_has_no_genes(empty):
    table = gene_frame([empty])
    assert table.empty
    with pytest.raises(ConfigError, match="these runs have 0"):
        importance_frame(table, ["error"])
