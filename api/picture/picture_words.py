"""What a picture of the network says, in Chinese and in English."""

from typing import Literal

Language = Literal["zh", "en"]

LEGEND: dict[Language, dict[str, str]] = {
    "zh": {
        "motorway": "高速公路",
        "trunk": "快速路",
        "primary": "主干路",
        "secondary": "次干路",
        "tertiary": "支路",
        "street": "街巷",
        "district": "区界",
        "water": "水系",
        "green": "山体、公园",
        "airport": "机场",
        "railway_station": "火车站",
        "town": "镇街中心",
        "metro_station": "地铁站",
        "hospital": "医院",
        "university": "高校",
        "landmark": "地标",
        "port": "港口",
        "mall": "商场",
        "government": "政府机关",
        "bus_terminal": "客运站",
    },
    "en": {
        "motorway": "Expressway",
        "trunk": "Urban expressway, trunk road",
        "primary": "Main road",
        "secondary": "Secondary road",
        "tertiary": "Tertiary road",
        "street": "Street",
        "district": "District border",
        "water": "Water",
        "green": "Hill, park",
        "airport": "Airport",
        "railway_station": "Railway station",
    },
}
GENERATED: dict[Language, str] = {"zh": "街巷（多为程序生成）", "en": "Street (mostly generated)"}

ENGLISH = {
    "白云国际机场": "Baiyun Airport",
    "广州南站": "Guangzhou South Station",
    "广州东站": "Guangzhou East Station",
    "广州站": "Guangzhou Station",
    "珠江前航道": "Pearl River",
    "珠江后航道": "Pearl River, rear channel",
    "珠江西航道": "Pearl River, west channel",
    "沙湾水道": "Shawan Channel",
    "蕉门水道": "Jiaomen Channel",
    "洪奇沥水道": "Hongqili Channel",
    "狮子洋": "Shizi Yang",
    "伶仃洋": "Lingding Yang",
    "流溪河": "Liuxi River",
    "增江": "Zeng River",
    "东江北干流": "Dong River",
    "白云山": "Baiyun Hill",
    "帽峰山": "Maofeng Hill",
    "佛山市": "Foshan",
    "东莞市": "Dongguan",
    "清远市": "Qingyuan",
    "惠州市": "Huizhou",
    "中山市": "Zhongshan",
    "韶关市": "Shaoguan",
}


def in_language(name: str, language: Language) -> str:
    """Return a name as the reader's language has it; an empty string where it has none."""
    return name if language == "zh" else ENGLISH.get(name, "")
