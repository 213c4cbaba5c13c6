"""The command `network show`, as typed."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from api.commands.network import app
from dispatch.errors import DispatchError
from geo_data.roads.network_file import load, save

STREETS = """<osm version="0.6">
<node id="1" version="1" lon="113.30" lat="23.08"/><node id="2" version="1" lon="113.33" lat="23.08"/>
<node id="3" version="1" lon="113.33" lat="23.09"/><node id="4" version="1" lon="113.30" lat="23.09"/>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>
<tag k="highway" v="primary"/><tag k="name" v="样板路"/></way>
<way id="2" version="1"><nd ref="1"/><nd ref="4"/><tag k="highway" v="residential"/></way>
<way id="3" version="1"><nd ref="3"/><nd ref="4"/><tag k="highway" v="motorway_link"/></way>
</osm>"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an imported town (town.net) and the same as a schematic network (drawn.net)."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "town.osm").write_text(STREETS, encoding="utf-8")
    words = ["import", "--osm", str(folder / "town.osm"), "--out", str(folder / "town.net"), "--title", "样板镇"]
    assert CliRunner().invoke(app, words).exit_code == 0
    network = load(folder / "town.net")
    save(replace(network, meta={**network.meta, "schematic": True}), folder / "drawn.net")
    return folder


@pytest.fixture
def folder(town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def show(network: Path, *words: object) -> Result:
    return CliRunner().invoke(app, ["show", "--network", str(network), "--width", "400", *map(str, words)])


def refused(network: Path, *words: object) -> str:
    """The one line the main program prints for an expected error; nothing was written."""
    before = sorted(Path().iterdir())
    result = show(network, *words)
    assert isinstance(result.exception, DispatchError), result.output
    assert sorted(Path().iterdir()) == before
    assert "\n" not in str(result.exception)
    return str(result.exception)


def test_a_picture_is_written_in_the_size_asked_for_and_its_name_told(town: Path, folder: Path) -> None:
    result = show(town / "town.net")
    assert result.exit_code == 0, result.output
    with Image.open("network.png") as picture:
        assert picture.width == 400
    assert "network.png" in result.output
    assert [path.name for path in folder.iterdir()] == ["network.png"]


def test_a_district_and_the_whole_city_are_different_pictures(town: Path, folder: Path) -> None:
    for name, area in (("all.png", "全市"), ("haizhu.png", "海珠区"), ("short.png", "海珠"), ("english.png", "haizhu")):
        assert show(town / "drawn.net", "--out", name, "--area", area).exit_code == 0
    whole, haizhu, short, english = (
        Path(n).read_bytes() for n in ("all.png", "haizhu.png", "short.png", "english.png")
    )
    assert whole != haizhu
    assert haizhu == short == english


def test_a_schematic_network_is_called_so_on_the_picture_and_on_the_terminal(town: Path, folder: Path) -> None:
    for language in ("zh", "en"):
        result = show(town / "drawn.net", "--out", "n.svg", "--area", "113.29,23.07,113.34,23.10", "--labels", language)
        assert "schematic" in result.output
        text = Path("n.svg").read_text(encoding="utf-8")
        assert "示意路网" in text
        assert "schematic" in text
        assert "OpenStreetMap" not in text


def test_an_imported_network_bears_its_title_and_whom_to_thank(town: Path, folder: Path) -> None:
    result = show(town / "town.net", "--out", "n.svg")
    assert "schematic" not in result.output
    text = Path("n.svg").read_text(encoding="utf-8")
    assert "样板镇" in text
    assert "© OpenStreetMap contributors" in text
    assert "示意路网" not in text


def test_an_unknown_district_is_answered_with_those_there_are(town: Path, folder: Path) -> None:
    line = refused(town / "town.net", "--area", "浦东新区")
    assert all(name in line for name in ("浦东新区", "荔湾区", "Nansha", "全市"))


@pytest.mark.parametrize("area", ["113.3,23.1", "a,b,c,d", "113.4,23.1,113.3,23.2", "1,2,3,4,5"])
def test_corners_that_make_no_area_are_answered_with_an_example(town: Path, folder: Path, area: str) -> None:
    assert "113.22,23.08,113.40,23.18" in refused(town / "town.net", "--area", area)


def test_an_area_without_roads_is_answered_with_where_the_network_lies(town: Path, folder: Path) -> None:
    assert "113.300,23.080 to 113.330,23.090" in refused(town / "town.net", "--area", "从化区")


@pytest.mark.parametrize(
    ("out", "hint"), [("n.jpg", ".png or .svg"), ("network", ".png or .svg"), ("no/such/n.png", "make it first")]
)
def test_a_file_that_cannot_be_written_is_told_before_the_work(town: Path, folder: Path, out: str, hint: str) -> None:
    assert hint in refused(town / "town.net", "--out", out)


def test_a_folder_in_the_place_of_the_file_is_left_alone(town: Path, folder: Path) -> None:
    Path("n.png").mkdir()
    assert "--out" in refused(town / "town.net", "--out", "n.png")


def test_without_a_network_the_way_to_one_is_told(town: Path, folder: Path) -> None:
    assert "network import" in refused(folder / "none.net")
