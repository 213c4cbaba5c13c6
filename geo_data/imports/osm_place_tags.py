"""What OpenStreetMap tags say of a named place: its kind, its names, its house number.

Meanings: https://wiki.openstreetmap.org/wiki/Map_features. Of several keys the first of `KINDS` decides.
"""

import re
from collections.abc import Iterator

from geo_data.imports.osm_tags import Tags

# Key, kind by value, kind of any other value (empty: not a place that anybody names).
KINDS: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        "railway",
        {
            "station": "railway_station",
            "halt": "railway_station",
            "subway_entrance": "metro_entrance",
            "tram_stop": "tram_stop",
        },
        "",
    ),
    ("public_transport", {"platform": "bus_stop", "stop_position": "bus_stop", "station": "bus_terminal"}, ""),
    ("aeroway", {"aerodrome": "airport", "terminal": "airport"}, ""),
    ("barrier", {"toll_booth": "toll_gate"}, ""),
    (
        "highway",
        {
            "services": "service_area",
            "rest_area": "service_area",
            "motorway_junction": "interchange",
            "bus_stop": "bus_stop",
            "traffic_signals": "junction",
            "street_lamp": "lamp_pole",
        },
        "",
    ),
    ("junction", {"no": ""}, "junction"),
    ("man_made", {"bridge": "bridge", "tunnel": "tunnel"}, ""),
    (
        "amenity",
        {
            "hospital": "hospital",
            "clinic": "hospital",
            "university": "university",
            "college": "university",
            "school": "school",
            "kindergarten": "school",
            "townhall": "government",
            "police": "government",
            "courthouse": "government",
            "fire_station": "government",
            "marketplace": "market",
            "bus_station": "bus_terminal",
            "ferry_terminal": "port",
        }
        | dict.fromkeys(
            ("atm", "bench", "bicycle_parking", "bicycle_rental", "parking_entrance", "parking_space", "toilets"), ""
        ),
        "landmark",
    ),
    ("shop", {"mall": "mall", "department_store": "mall", "no": "", "vacant": ""}, "shop"),
    ("tourism", dict.fromkeys(("hotel", "motel", "hostel", "guest_house"), "hotel"), "landmark"),
    ("leisure", dict.fromkeys(("park", "garden", "nature_reserve"), "park"), "landmark"),
    ("office", {"government": "government"}, "office"),
    (
        "place",
        dict.fromkeys(("town", "suburb", "borough"), "town")
        | dict.fromkeys(("village", "hamlet", "isolated_dwelling"), "village")
        | dict.fromkeys(("neighbourhood", "quarter", "city_block"), "estate")
        | {"square": "landmark"},
        "",
    ),
    ("landuse", {"residential": "estate", "industrial": "industrial", "commercial": "office", "retail": "mall"}, ""),
    ("building", {"apartments": "estate", "residential": "estate", "no": ""}, "building"),
)
_METRO = ("subway", "light_rail", "monorail")
_NAMES = ("name", "name:zh", "official_name", "short_name", "alt_name", "old_name", "loc_name", "name:en")
_HAN = re.compile("[\u4e00-\u9fff]")
_NUMBER = re.compile(r"\d{1,5}")
_ENTRANCE = re.compile(r"(?<![A-Za-z0-9])([A-Z]\d{0,2}|\d{1,2}[A-Z]?)(?=(?:号)?(?:出入口|出口|入口|口)?$)")
# What is written on the map but names nothing: there is one at every corner.
_NOT_A_NAME = re.compile(
    r"[\W\d_]*|第?[\dA-Za-z一二三四五六七八九十]{1,4}[号#]?(?:楼|栋|座|幢|单元|号|门|区)|[东南西北正前后侧]{1,2}门"
    r"|(?:地下|地面|露天|公共|内部)*停车场|公厕|(?:公共)?(?:厕所|卫生间|洗手间)|[出入]{1,2}口|售票处|门卫室?|保安亭"
    r"|超市|便利店|小卖部|食堂|宿舍楼?|教学楼|办公楼|居民楼|住宅楼?|配电房|垃圾站"
)


def is_a_name(name: str) -> bool:
    """Whether ``name`` tells one place from others: 5号楼, 东门 and 停车场 do not."""
    return _NOT_A_NAME.fullmatch(name) is None


def kind_of(tags: Tags) -> str:
    """Kind of a `Place`, or an empty string where the tags tell of none."""
    for key, by_value, other in KINDS:
        if value := tags.get(key):
            kind = by_value.get(value, other)
            if kind:
                return _on_rails(kind, tags)
    return ""


def _on_rails(kind: str, tags: Tags) -> str:
    """Stations of the metro are their own kind; where trains halt inside a station is no place of its own."""
    metro = tags.get("station") in _METRO or any(tags.get(rail) == "yes" for rail in _METRO)
    if kind == "bus_stop" and (metro or "railway" in tags or "yes" in (tags.get("train"), tags.get("tram"))):
        return ""
    if kind in ("railway_station", "bus_terminal"):
        trains = kind == "railway_station" or tags.get("train") == "yes"
        return "metro_station" if metro else "railway_station" if trains else kind
    return kind


def names_of(tags: Tags) -> tuple[str, ...]:
    """All names, the usual one first; empty where there is none."""
    return tuple(dict.fromkeys(name for key in _NAMES for name in _split(tags.get(key, ""))))


def _split(names: str) -> Iterator[str]:
    return (name for part in names.split(";") if (name := " ".join(part.split())))


def is_han(name: str) -> bool:
    """Whether a name is written in Chinese characters, at least in part."""
    return _HAN.search(name) is not None


def address_of(tags: Tags) -> str:
    """Road and house number, e.g. ``天河路208号``; empty where one of them is missing."""
    street, number = " ".join(tags.get("addr:street", "").split()), _NUMBER.search(tags.get("addr:housenumber", ""))
    if not street or number is None:
        return ""
    return f"{street}{number.group()}号" if is_han(street) else f"{street} {number.group()}"


def entrance_of(tags: Tags) -> str:
    """Letter or number of an entrance of the metro, e.g. ``A`` or ``B2``; empty where it has none."""
    label = tags.get("ref") or tags.get("name", "")
    found = _ENTRANCE.search(label.strip().upper())
    return found.group(1) if found else ""


def station_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of a metro station as people say them: ``江苏路`` is ``江苏路站``, ``江苏路地铁站``, ``地铁江苏路站``."""
    if not names or not is_han(names[0]):
        return names
    stem = names[0].removesuffix("站").removesuffix("地铁").removeprefix("地铁")
    return tuple(dict.fromkeys((f"{stem}站", f"{stem}地铁站", f"地铁{stem}站", *names[1:])))


def entrance_names(station: str, label: str) -> tuple[str, ...]:
    """Names of an entrance: ``江苏路站A口``, ``地铁江苏路站A出口`` and the like."""
    if not is_han(station):
        return (f"{station} {label}",)
    return f"{station}{label}口", f"{station}{label}出口", f"地铁{station}{label}口", f"地铁{station}{label}出口"


def exit_names(names: tuple[str, ...], ref: str, road: str) -> tuple[str, ...]:
    """Names of an exit of a motorway: its own with 出口, and its number on the road, where both are known."""
    spoken = [f"{name}出口" for name in names[:1] if is_han(name) and not name.endswith("口")]
    numbered = [f"{road}{ref}号出口", f"{road}{ref}出口"] if road and ref else []
    return tuple(dict.fromkeys((*names, *spoken, *numbered)))


def lamp_names(ref: str) -> tuple[str, ...]:
    """Names of a lamp pole by the number painted on it."""
    return (f"{ref}号灯杆", f"灯杆{ref}") if ref else ()
