"""Every reader of bytes or words from outside, as a function of bytes; what each may raise is the house's own errors."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from dispatch.errors import DispatchError

Target = Callable[[bytes], None]

OSM = (
    b'<osm version="0.6"><node id="1" lat="23.1" lon="113.3"/><node id="2" lat="23.11" lon="113.31"/>'
    b'<way id="7"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="maxspeed" v="60"/></way>'
    b'<relation id="9"><member type="way" ref="7" role="from"/><member type="node" ref="2" role="via"/>'
    b'<member type="way" ref="7" role="to"/><tag k="type" v="restriction"/><tag k="restriction" v="no_u_turn"/></relation></osm>'
)
TABLE = "名称,地址,经度,纬度\r\n甲厂,黄埔大道1号,113.3,23.1\r\n".encode()
ROSTER = b"id,role,lon,lat,shift_start,shift_end\nS1,surveyor,113.3,23.1,08:00,20:00\n"
GEOJSON = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"x"},'
    b'"geometry":{"type":"Point","coordinates":[113.3,23.1]}}]}'
)
OSMAND = b"id=1&lat=23.1&lon=113.3&timestamp=1764201600&hdop=1.2&speed=10&batt=50"
TRACCAR = (
    b'{"device_id":"1","location":{"timestamp":"2026-11-27T00:00:00Z","coords":{"latitude":23.1,"longitude":113.3}}}'
)
GRAPHML = (
    b'<graphml><key id="d0" attr.name="x"/><graph edgedefault="directed"><node id="1"><data key="d0">113.3</data></node>'
    b'<edge source="1" target="1"/></graph></graphml>'
)
POLICY = b"[arrival_commitment]\ncity_min = 30\nsuburb_min = 60\n"


def address(data: bytes) -> None:
    """Words for a place."""
    _geocoder().geocode(data.decode("utf-8", "replace")[:500])


def report_words(data: bytes) -> None:
    """What a caller says: tiers, plates, whether it drives."""
    from dispatch.triage.report_words import read_words  # noqa: PLC0415

    read_words(data.decode("utf-8", "replace")[:500])


def osm(data: bytes) -> None:
    """An OpenStreetMap extract in XML."""
    from geo_data.imports.openstreetmap import import_osm  # noqa: PLC0415

    import_osm(_file("x.osm", data))


def pbf(data: bytes) -> None:
    """An OpenStreetMap extract in its binary form."""
    from geo_data.imports.openstreetmap import import_osm  # noqa: PLC0415

    import_osm(_file("x.osm.pbf", data))


def graphml(data: bytes) -> None:
    """A street graph as OSMnx saves it."""
    from geo_data.imports.graphml import import_graphml  # noqa: PLC0415

    import_graphml(_file("x.graphml", data))


def _places(name: str) -> Target:
    def read(data: bytes) -> None:
        from geo_data.places.place_tables import read_table  # noqa: PLC0415

        read_table(_file(name, data))

    return read


def roster(data: bytes) -> None:
    """A table of units."""
    from geo_data.fleet_file import read_units  # noqa: PLC0415

    read_units(_file("roster.csv", data))


def network(data: bytes) -> None:
    """A compiled network."""
    from geo_data.roads.network_file import load  # noqa: PLC0415

    load(_file("x.net", data))


def policy(data: bytes) -> None:
    """A policy file."""
    from api.wiring import load_policy  # noqa: PLC0415

    load_policy(_file("policy.toml", data))


def osmand(data: bytes) -> None:
    """A tracker's message, in both of its forms."""
    from api.forms.osmand import fields, sighting  # noqa: PLC0415

    for said in (
        lambda: fields(data.decode("latin-1"), b"", ""),
        lambda: fields("", data, "application/x-www-form-urlencoded"),
        lambda: fields("", data, "application/json"),
    ):
        with suppress(DispatchError):
            sighting(said())


def photo(data: bytes) -> None:
    """A photograph."""
    from geo_data.photo_image import examine  # noqa: PLC0415

    examine(data, max_megapixels=4.0, thumbnail_px=64)


def workbook() -> bytes:
    """A small Excel workbook of places."""
    import xlsxwriter  # noqa: PLC0415

    made = BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate((("name", "lon", "lat"), ("甲厂", "113.3", "23.1"))):
            sheet.write_row(row, 0, line)
    return made.getvalue()


def picture() -> bytes:
    """A small JPEG."""
    from PIL import Image  # noqa: PLC0415

    made = BytesIO()
    Image.new("RGB", (24, 16), "red").save(made, "JPEG")
    return made.getvalue()


def archive() -> bytes:
    """A small zip, which is no workbook."""
    made = BytesIO()
    with ZipFile(made, "w") as packed:
        packed.writestr("xl/workbook.xml", "<x/>")
    return made.getvalue()


TARGETS: dict[str, tuple[Target, Callable[[], list[bytes]]]] = {
    "address": (address, lambda: ["天河区黄埔大道西与猎德大道交叉口往东200米".encode(), "广园快速K12+300".encode()]),
    "words": (report_words, lambda: ["粤A12345追尾,两人受伤,电话13800001234".encode()]),
    "osm": (osm, lambda: [OSM]),
    "pbf": (pbf, lambda: [b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x10", b""]),
    "graphml": (graphml, lambda: [GRAPHML]),
    "csv": (_places("places.csv"), lambda: [TABLE, TABLE.decode().encode("gb18030")]),
    "xlsx": (_places("places.xlsx"), lambda: [workbook(), archive()]),
    "geojson": (_places("places.geojson"), lambda: [GEOJSON]),
    "roster": (roster, lambda: [ROSTER]),
    "network": (network, lambda: [b'\x10\x00\x00\x00\x00\x00\x00\x00{"a":{}}        ']),
    "policy": (policy, lambda: [POLICY]),
    "osmand": (osmand, lambda: [OSMAND, TRACCAR]),
    "photo": (photo, lambda: [picture()]),
}


def run(name: str, data: bytes) -> None:
    """Give bytes to a reader; raises whatever is neither an answer nor an error of the house."""
    with suppress(DispatchError):
        TARGETS[name][0](data)


@cache
def _geocoder():
    from api import wiring  # noqa: PLC0415

    return wiring.ground().geocoder


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="gzdispatch-fuzz-", dir=os.environ.get("TMPDIR")))


def _file(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    return path
