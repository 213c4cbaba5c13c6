"""The file of the built-in network is made anew whenever a source that it is made from changes."""

import grimp

from api.built_by import BUILT_BY

MAKERS = ("geo_data.builtin.assemble", "geo_data.roads.derived", "geo_data.roads.network_file")


def test_every_module_that_makes_the_built_in_network_marks_its_file() -> None:
    graph = grimp.build_graph("geo_data")
    made_by = {*MAKERS, *(module for maker in MAKERS for module in graph.find_upstream_modules(maker))}
    outside = {
        module.removeprefix("geo_data.roads.") for module in made_by if not module.startswith("geo_data.builtin.")
    } - {"geo_data.roads"}
    assert outside == {name.replace("/", ".") for name in BUILT_BY}
