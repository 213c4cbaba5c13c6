"""The command `geocode`, as typed."""

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.settings import PROJECT, settings
from dispatch.errors import InvalidInput, OutsideServiceArea

KEYS = ["lon", "lat", "match_code", "confidence", "uncertainty_m", "matched_text", "alternatives"]


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GZ_STATE", str(PROJECT / ".state" / "test"))
    settings.cache_clear()


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["geocode", *(str(word) for word in words)])


def test_json_has_exactly_the_published_keys() -> None:
    result = run("地铁体育西路站A出口,两车追尾", "--json")
    assert result.exit_code == 0
    record = json.loads(result.stdout)
    assert list(record) == [*KEYS, "district"]
    assert record["lon"] == pytest.approx(113.316, abs=0.005)
    assert record["matched_text"] == "体育西路站"


def test_a_person_reads_the_place_in_chinese() -> None:
    result = run("地铁体育西路站")
    assert result.exit_code == 0
    assert "体育西路站" in result.stdout
    assert "米" in result.stdout


def test_a_text_that_is_not_located_prints_nulls_with_the_reason_and_fails() -> None:
    result = run("深圳南山区深南大道", "--json")
    assert result.exit_code == 1
    record = json.loads(result.stdout)
    assert record["lon"] is None
    assert record["confidence"] is None
    assert record["alternatives"] == []
    assert "超出服务范围" in record["reason"]


@pytest.mark.parametrize(
    "words", [[], ["  "], ["天河路", "--lon", "113.3"], ["--batch", "texts.csv"], ["天河", "--crs", "x"]]
)
def test_a_wrong_call_exits_with_two(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_a_phone_in_another_datum_is_converted() -> None:
    record = json.loads(run("两车追尾", "--json", "--lon", 113.3254, "--lat", 23.1167, "--crs", "gcj02").stdout)
    assert record["matched_text"].startswith("手机定位:")
    assert record["lon"] == pytest.approx(113.3200, abs=0.001)
    assert record["lat"] == pytest.approx(23.1194, abs=0.001)


def test_a_point_without_words_is_told_in_words() -> None:
    record = json.loads(run("--json", "--lon", 113.3205, "--lat", 23.1195).stdout)
    assert record["matched_text"].startswith("手机定位:")
    assert record["district"] == "天河区"


def test_a_whole_road_is_answered_with_what_to_ask() -> None:
    assert "请问:在天河路的哪一段" in run("天河路").stdout


def test_a_point_in_the_sea_is_refused() -> None:
    result = run("天河路", "--lon", 114.9, "--lat", 21.5)
    assert isinstance(result.exception, OutsideServiceArea)


def test_company_places_are_found_in_their_datum(tmp_path: Path) -> None:
    table = tmp_path / "own.csv.gz"
    pd.DataFrame({"name": ["鹏程洗车场"], "lon": [113.3254], "lat": [23.1167]}).to_csv(table, index=False)
    record = json.loads(run("鹏程洗车场门口", "--json", "--places", table, "--crs", "gcj02").stdout)
    assert record["matched_text"] == "鹏程洗车场"
    assert record["lon"] == pytest.approx(113.3200, abs=0.001)


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_a_batch_keeps_the_other_columns_and_answers_every_row(tmp_path: Path, ending: str) -> None:
    source, target = tmp_path / "in.csv", tmp_path / f"out{ending}"
    texts = ["地铁体育西路站", "", "深圳南山区深南大道", "天" * 10_000, "地铁体育西路站"]
    pd.DataFrame({"case": list("abcde"), "text": texts, "plate": "007"}).to_csv(source, index=False)
    assert run("--batch", source, "--out", target).exit_code == 0
    result = pd.read_csv(target, dtype={"plate": str})
    assert list(result.columns) == ["case", "text", "plate", *KEYS, "reason"]
    assert result["lon"].notna().tolist() == [True, False, False, False, True]
    assert result["plate"].tolist() == ["007"] * 5
    assert json.loads(result["alternatives"][0]) == []
    assert result["reason"].isna().tolist() == [True, False, False, False, True]
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []
    assert (gzip.decompress(target.read_bytes())[:4] == b"case") if ending == ".csv.gz" else True


@pytest.mark.parametrize("content", ["words\n天河路\n", "", "text"])
def test_a_batch_without_texts_is_refused_or_empty_and_nothing_half_written(tmp_path: Path, content: str) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(content, encoding="utf-8")
    result = run("--batch", source, "--out", target)
    if content == "text":
        assert result.exit_code == 0
        assert pd.read_csv(target).empty
    else:
        assert isinstance(result.exception, InvalidInput)
        assert not target.exists()


def test_a_batch_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = run("--batch", tmp_path / "none.csv", "--out", tmp_path / "out.csv")
    assert "none.csv" in str(result.exception)


def test_a_long_batch_answers_as_a_short_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["地铁体育西路站", "", "天河区天河路与体育西路交叉口", "深圳南山区深南大道", "珠江新城站", "天" * 10_000]
    pd.DataFrame({"text": texts * 20}).to_csv(tmp_path / "in.csv", index=False)
    found = []
    for worth_forking in (3, 1000):
        monkeypatch.setattr("api.commands.geocode.WORTH_FORKING", worth_forking)
        target = tmp_path / f"out{worth_forking}.csv"
        assert run("--batch", tmp_path / "in.csv", "--out", target).exit_code == 0
        found.append(target.read_text(encoding="utf-8"))
    assert found[0] == found[1]
    assert found[0].count("体育西路站") >= 20


OTHER_TOWN = """<osm version="0.6">
<node id="1" version="1" lon="121.45" lat="31.22"/><node id="2" version="1" lon="121.46" lat="31.22"/>
<node id="3" version="1" lon="121.46" lat="31.23"/>
<node id="4" version="1" lon="121.455" lat="31.225"><tag k="amenity" v="hospital"/><tag k="name" v="样板医院"/>
<tag k="alt_name" v="仁心院"/></node>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>
<tag k="highway" v="primary"/><tag k="name" v="样板路"/></way>
<way id="2" version="1"><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/></way>
</osm>"""


def test_the_places_of_an_imported_extract_are_found_in_its_own_city(tmp_path: Path) -> None:
    (tmp_path / "town.osm").write_text(OTHER_TOWN, encoding="utf-8")
    target = tmp_path / "town.net"
    words = ["network", "import", "--osm", tmp_path / "town.osm", "--out", target, "--title", "样板市"]
    assert CliRunner().invoke(app, [str(word) for word in words]).exit_code == 0
    for name in ("样板医院", "仁心院"):
        record = json.loads(run(f"上海市{name}门口", "--network", target, "--json").stdout)
        assert (record["matched_text"], record["district"]) == ("样板医院", "样板市")
        assert (record["lon"], record["lat"]) == (121.455, 31.225)
    assert run("体育西路站", "--network", target).exit_code == 1  # of Guangzhou, which this network does not reach
