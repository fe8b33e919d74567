from evoapproxnas.report.data import curve_frame, lineage_frame


def test_every_candidate_is_there_with_its_parents(networks):
    table = lineage_frame(networks)
    candidates = networks.database.candidates()
    assert table["id"].tolist() == [str(name) for name in candidates]
    by_id = table.set_index("id")
    for name, candidate in candidates.items():
        assert by_id.at[str(name), "parents"] == " ".join(map(str, candidate.parents))
    children = table[table["parent"] != ""]
    above = by_id.loc[children["parent"], "x"].to_numpy()
    assert (children["x"].to_numpy() == above + 1).all()
    assert set(table.loc[table["parent"] == "", "operator"]) == {"drawn"}


def test_ancestors_lead_to_the_front(networks):
    table = lineage_frame(networks).set_index("id")
    front = {str(name.candidate) for name in networks.archive()}
    assert set(table.index[table["on_front"]]) == front
    assert table.loc[table["on_front"], "ancestor"].all()
    for parents in table.loc[table["ancestor"], "parents"]:
        assert table.loc[parents.split(), "ancestor"].all()
    assert not table.duplicated(["x", "y"]).any()


def test_what_has_no_figures_is_there_too(failed, empty):
    table = lineage_frame(failed)
    assert set(table["state"]) == {"failed"}
    assert table["error"].isna().all()
    assert not table["on_front"].any()
    assert lineage_frame(empty).empty


def test_curves_have_a_row_for_each_epoch(networks, empty):
    table = curve_frame(networks)
    assert len(table) == sum(len(t.history) for t in networks.database.trainings())
    assert curve_frame(empty).empty
