"""The table that tells what a compiled network holds and what was left out."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from rich.table import Table

from geo_data.network_places import count_by_kind
from geo_data.roads.network import ROAD_CLASSES, Network

# What geo_data calls the reasons, in the words of the screen.
_REASONS = {
    "edges not connected": "边:与主网不连通",
    "nodes not connected": "节点:与主网不连通",
    "edges cut off by turn restrictions": "边:被转向限制隔断",
    "nodes cut off by turn restrictions": "节点:被转向限制隔断",
    "ways: not a street for cars": "道路:非机动车道路",
    "ways: a sketch of unknown kind": "道路:性质不明的草绘",
    "ways: an area": "道路:面状",
    "ways: driveway or car park": "道路:车场与内部通道",
    "ways: closed to cars": "道路:禁止机动车",
    "ways cut at the edge of the extract": "道路:在数据边缘截断(保留其余部分)",
    "a road is not on the network": "道路不在路网中",
    "from, via or to is missing": "成员缺失",
    "it goes by way of a whole road": "经由整条道路",
    "there is no junction at its node": "该点并无路口",
    "a road passes through the node, so its arm is unclear": "道路穿过该点,方向不明",
    "it would leave no way on": "执行后将无路可走",
    "the roads do not meet at the node": "道路不相接",
    "it holds at certain times only": "仅限部分时段",
    "it is for other vehicles": "针对其他车辆",
    "it excepts cars": "小客车除外",
    "its kind is unknown": "类型不明",
}

_KINDS = {
    "address": "门牌",
    "airport": "机场",
    "bridge": "桥",
    "building": "楼宇",
    "bus_stop": "公交站",
    "bus_terminal": "客运与公交总站",
    "estate": "小区",
    "government": "机关",
    "hospital": "医院",
    "hotel": "酒店",
    "industrial": "工业区",
    "interchange": "出口与立交",
    "junction": "路口",
    "lamp_pole": "灯杆",
    "landmark": "地标",
    "mall": "商场",
    "market": "市场",
    "metro_entrance": "地铁出口",
    "metro_station": "地铁站",
    "office": "办公",
    "park": "公园",
    "port": "码头",
    "railway_station": "火车站",
    "school": "学校",
    "service_area": "服务区",
    "shop": "商店",
    "toll_gate": "收费站",
    "town": "镇街",
    "tram_stop": "电车站",
    "tunnel": "隧道",
    "university": "大学",
    "village": "村",
}


def network_table(network: Network, path: Path, steps: Sequence[tuple[str, float]] = ()) -> Table:
    """What the network holds, what was left out and why, and the seconds each step took."""
    table = Table(title=str(network.meta.get("title", path.stem)), show_header=False, title_justify="left")
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for label, value in (*_contents(network), *_places(network), *_left_out(network)):
        table.add_row(label, value)
    table.add_section()
    for name, seconds in steps:
        table.add_row(name, f"{seconds:.1f} s")
    table.add_row("文件 file", f"{os.stat(path).st_size / 1e6:.1f} MB")
    return table


def _contents(network: Network) -> list[tuple[str, str]]:
    base = slice(0, int(network.meta.get("base_edges", network.n_edges)))
    length_km = float(network.length_m[base].sum()) / 1000
    nodes = int(network.meta.get("base_nodes", network.n_nodes))
    rows = [
        ("节点 nodes", f"{nodes:,}"),
        ("有向边 directed edges", f"{base.stop:,}"),
        ("里程 length", f"{length_km:,.1f} km"),
        ("道路名 names", f"{len(network.names):,}"),
    ]
    rows += [(f"  {name}", f"{km:,.1f} km") for name, km in _length_by_class(network, base) if km > 0]
    copies = network.n_nodes - nodes
    applied = int(network.meta.get("restrictions_applied", 0))
    rows.append(("转向限制,生效 turn restrictions applied", f"{applied:,}"))
    rows.append(("  为此复制的节点 nodes copied for them", f"{copies:,}"))
    return rows


def _places(network: Network) -> list[tuple[str, str]]:
    counts = count_by_kind(network)
    rows = [("地点 named places", f"{sum(counts.values()):,}")]
    return rows + [(f"  {_KINDS.get(kind, '')} {kind}", f"{count:,}") for kind, count in counts.items()]


def _length_by_class(network: Network, base: slice) -> list[tuple[str, float]]:
    km = np.bincount(network.road_class[base], network.length_m[base], len(ROAD_CLASSES)) / 1000
    return list(zip(ROAD_CLASSES, km.tolist(), strict=True))


def _left_out(network: Network) -> list[tuple[str, str]]:
    ignored: Mapping[str, int] = network.meta.get("restrictions_ignored", {})
    dropped: Mapping[str, int] = network.meta.get("dropped", {})
    rows = [("转向限制,忽略 turn restrictions ignored", f"{sum(ignored.values()):,}")]
    rows += [(f"  {_reason(reason)}", f"{count:,}") for reason, count in ignored.items() if count]
    rows.append(("未采用 left out", ""))
    return rows + [(f"  {_reason(reason)}", f"{count:,}") for reason, count in dropped.items() if count]


def _reason(reason: str) -> str:
    return f"{_REASONS[reason]} {reason}" if reason in _REASONS else reason
