"""The commands `network import` and `network info`, as typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.commands.network import app
from dispatch.errors import DispatchError
from geo_data.network_places import own_places
from geo_data.roads.network_file import load

STREETS = """<osm version="0.6">
<node id="1" version="1" lon="113.30" lat="23.10"/><node id="2" version="1" lon="113.31" lat="23.10"/>
<node id="3" version="1" lon="113.31" lat="23.11"/><node id="4" version="1" lon="113.30" lat="23.11"/>
<node id="5" version="1" lon="113.305" lat="23.105"><tag k="amenity" v="hospital"/><tag k="name" v="样板医院"/></node>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>
<tag k="highway" v="primary"/><tag k="name" v="样板路"/></way>
<way id="2" version="1"><nd ref="1"/><nd ref="4"/><tag k="highway" v="residential"/></way>
<way id="3" version="1"><nd ref="3"/><nd ref="4"/><tag k="highway" v="footway"/></way>
</osm>"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "town.osm").write_text(STREETS, encoding="utf-8")
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def refused(*words: object) -> str:
    """The one line the main program prints for an expected error."""
    result = run(*words)
    assert isinstance(result.exception, DispatchError), result.output
    assert "\n" not in str(result.exception)
    return str(result.exception)


def test_an_import_writes_the_network_and_tells_what_it_holds_and_how_to_use_it(folder: Path) -> None:
    result = run("import", "--osm", "town.osm")
    assert result.exit_code == 0, result.output
    assert load(folder / "town.net").names == ("样板路",)
    for words in ("节点 nodes", "1 │", "not a street for cars", "compiling", "GZ_NETWORK=town.net make run"):
        assert words in result.output


def test_the_places_of_the_extract_are_counted_by_kind_and_stay_with_the_network(folder: Path) -> None:
    imported = run("import", "--osm", "town.osm").output
    for output in (imported, run("info", "town.net").output):
        assert "医院 hospital" in output
        assert "地点 named places" in output
    assert [place.name for place in own_places(load(folder / "town.net"))] == ["样板医院"]
    assert sorted(path.name for path in folder.iterdir()) == ["town.net", "town.osm"]


def test_out_and_title_are_taken(folder: Path) -> None:
    assert run("import", "--osm", "town.osm", "--out", "other.net", "--title", "样板镇").exit_code == 0
    assert load(folder / "other.net").meta["title"] == "样板镇"
    assert "样板镇" in run("info", "other.net").output


@pytest.mark.parametrize(
    "words",
    [
        ("import",),
        ("import", "--osm", "town.osm", "--place", "样板镇"),
        ("import", "--osm", "town.osm", "--out", "town.osm"),
        ("import", "--nonsense"),
        ("info",),
    ],
)
def test_misuse_ends_with_code_2_and_harms_nothing(folder: Path, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2
    assert [path.name for path in folder.iterdir()] == ["town.osm"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("none.osm", None), ("empty.osm", ""), ("text.osm", "hello"), ("a.graphml", "hello"), ("cut.osm", STREETS[:-10])],
)
def test_a_bad_file_is_one_clear_line_and_nothing_half_written(folder: Path, name: str, content: str | None) -> None:
    if content is not None:
        (folder / name).write_text(content, encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    assert name in refused("import", "--osm", name)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_failed_import_leaves_the_earlier_network_alone(folder: Path) -> None:
    run("import", "--osm", "town.osm")
    earlier = (folder / "town.net").read_bytes()
    (folder / "town.osm").write_text(STREETS[:-10], encoding="utf-8")
    refused("import", "--osm", "town.osm")
    assert (folder / "town.net").read_bytes() == earlier


def test_a_target_that_cannot_be_written_is_told_before_the_work(folder: Path) -> None:
    assert "make it first" in refused("import", "--osm", "town.osm", "--out", "no/such/x.net")
    assert "--out" in refused("import", "--osm", "town.osm", "--out", ".")


def test_a_place_without_network_is_one_line_that_names_the_way_out(folder: Path) -> None:
    dead = "http://127.0.0.1:9"
    line = refused("import", "--place", "样板镇", "--overpass-url", dead, "--nominatim-url", dead, "--cache", "answers")
    assert "--osm needs no network" in line
    assert not list(folder.glob("*.net"))


def test_info_of_something_else_says_so(folder: Path) -> None:
    assert "not a compiled network" in refused("info", "town.osm")
    assert "network import" in refused("info", "none.net")
