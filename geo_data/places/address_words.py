"""The words places are told with, as patterns: districts, towns, road endings, numbers, relations, other cities."""

import re

HAN = "[\u4e00-\u9fff]"
ENDS_A_WORD = "省市区县镇街道路巷村号近与和在交至到的"

# Today's district by every name that people still use (萝岗, 东山 and 芳村 were merged away, 2005 to 2015).
DISTRICTS = {
    name: f"{name}区"
    for name in ("越秀", "海珠", "荔湾", "天河", "白云", "黄埔", "番禺", "花都", "南沙", "从化", "增城")
} | {"萝岗": "黄埔区", "东山": "越秀区", "芳村": "荔湾区"}
_NAMES = "|".join(DISTRICTS)
DISTRICT = re.compile(rf"({_NAMES})(?:区|市|县)")
BARE_DISTRICT = re.compile(
    rf"^[\s,-]*({_NAMES})(?!{HAN}?(?:大道|公路|快速|高速|路|街(?!口)|站|机场|山|湖|客运|公园|广场|新城)|大?桥|隧道|立交|港|城|口|收费)"
)

_OF_THE_PROVINCE = (  # 广东省人民医院 bears the name, it does not begin with an address
    r"(?:第[一二三四五六七八九十\d]+)?(?:人民|中西医结合|中医|妇幼)(?:医院|保健院)"
)
HOME_PREFIX = re.compile(
    rf"广东省(?!{_OF_THE_PROVINCE})[\s-]*|^[\s-]*广东(?=[\s-]*广州)|广州市[\s-]*|^[\s-]*广州(?=[\s-]|{_NAMES}|地铁|开发区|$)|中国(?=广东)"
)
AREA_WORDS = re.compile(  # they say no more than the name behind them
    rf"(?<!{HAN})(?:(?:经济|高新)?技术(?:产业)?)?开发区(?!{HAN}?(?:大道|路|街|站|管委))|(?<!{HAN})(?:自贸区|自由贸易试验区)|(?<!{HAN})保税区(?!{HAN}?(?:大道|路|站))"
)
TOWN = re.compile(rf"(?:(?<!{HAN})|(?<=[区市城园]))[\s-]*({HAN}{{2,3}}?)(镇|街道(?!办))")
TOWN_STREET = re.compile(rf"^[\s-]*({HAN}{{2}})(街)(?!\s*(?:$|\d+号|[口与和/交]|{HAN}?巷))")
_NAMED_FOR_IT = (
    "服务区|停车区|收费|加油站|立交|高架|桥|隧道|小学|中学|学校|幼儿园|医院|卫生|派出所|市场|公园|广场|牌坊站|站"
)
VILLAGE = re.compile(
    rf"(?<!{HAN})({HAN}{{1,5}}?(?:村|社区|新村|工业区|工业园区|工业园|产业园|科技园|物流园|园区|创意园|大学城|科学城)|大学城|科学城)"
    rf"(?!{HAN}?(?:大道|路(?!口)|街(?!口)|巷(?!口))|{HAN}{{0,2}}?(?:{_NAMED_FOR_IT})|[东西南北中](?!门))"
)

ISLAND_OR_STREET = re.compile(r"(?<=..[街岛镇])(?=..)")  # 长洲岛深井村, 洛浦街沙溪村

# A road ends in one of these; 里, 坊 and bare 道 are left to the known names, they end too many other words.
_ENDING = rf"大道|高速公路|快速公路|公路|快速路|快速干线|快速|高架路|(?<={HAN}{HAN})高架(?!桥|路)|高速路|高速|环路|环线|大马路|马路|大街|横路|步行街|路|街|巷"
_PART = r"[东西南北中](?![侧边面段往向至行门口站约岸]|\d*米)"
_NAMED_FOR_A_PLACE = "花园|公园|市场|广场|小区|工业园|工业区"
OF_A_PLACE = re.compile(
    rf"(?:{_NAMED_FOR_A_PLACE})路(?=口)"
)  # 城市花园路口 is a corner by 城市花园, 花园路口 one of 花园路
INSIDE_A_NAME = re.compile(rf"{HAN}(?<![镇街道路号近与和])$")
GENERIC_ROAD = re.compile(
    rf"(?<!{HAN})(?:[与和跟同及近至到](?={HAN}{{2}}))?(?!道路|路口|路段|马路|的|[那这]个|[十丁]字|三岔|{HAN}{{2,5}}(?:{_NAMED_FOR_A_PLACE})路口)"
    rf"(?P<name>(?:(?!对面|隔壁|旁边|附近|门口){HAN}){{1,7}}?(?:{_ENDING})(?<!道路)(?<!铁路)(?<!门路)"
    rf"(?:[一二三四五六七八九十]+(?:路|街|巷)|{_PART})?)(?!立交|收费站|服务区)"
)
ROUTE_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])(?P<name>[GSXY]\d{1,4}(?:"
    + HAN
    + r"{2,4}高速(?:公路)?)?|(?:国道|省道|县道|乡道)[GSXY]?\d{3}|[GSXY]?\d{3}(?:国道|省道|县道|乡道))"
)

CROSSING = re.compile(r"(?:桥|隧道)$")  # as much a place as a road
NUMBER = re.compile(r"[\s,-]*(?:自编|门牌|第)?[\s]*(\d{1,5})(?:[-~之/,]\d+)*\s*(?:号(?!线)|(?=[A-Za-z]?(?:$|[\s,(])))")
# What makes a name of two characters the beginning of another word: 东环街, 北环村, S43.
PART_OF_A_WORD = re.compile(r"\d|[东西南北中]?(?:路|街|大道|村|新村|社区|小区|广场|公园|站|中学|小学|医院)")
NAMED_FOR_A_ROAD = re.compile(r"立交|收费站|服务区|道(?!路)")  # 大石街 in 大石街道
CORNER = re.compile(
    r"[\s)]*的?(?:[那这]个)?(?:口|街口|巷口|三岔|交叉|交汇|交界|相交|十字|丁字|转角|拐角|路口|的?红绿灯)"
)
LINK = re.compile(r"[\s]*(?:[与和跟同及近/&×x(+-]|交|靠近|转入|转|路口)[\s]*")

NEARBY = re.compile(
    r"斜对面|正对面|对面|对出|附近|旁边|旁|隔壁|门口|门前|正门|北门|南门|东门|西门|后门|楼下|后面|前面|(?<=桥)[底下上面头]|高架上|高架下|[东南西北]侧|路边"
)
NOT_A_NAME = re.compile(
    r"[^\w]|^\s*口站?|交叉口?|交汇处?|交界处?|路口|路段|招呼站|临时站|公交站|总站|(?:自编|之)?\d+号?(?:之\d+|[A-Za-z座栋幢楼层室房铺档])*|[负首][一二三四\d]?[层楼]|地[下面上]|露天|停车场|(?<=收费站|服务区|停车区)(?:的?[出入]口)?[处内里外前]?|[那这](?:个|边|里)"
)
OF_A_ROAD = re.compile(r"(?<=..)段$")
GENERIC_WORD = re.compile(  # of a place, but of none in particular
    r"的?(?:[十丁]字|[东南西北]端|三岔|红绿灯|交通灯|高架|桥|中间|之间|地面|路面|上面|里面|人行天桥|天桥|隧道|大桥|立交|车道|路中|出口|入口|转角|斑马线|人行横道|掉头位|弯道|收费站|服务区)的?"
)
LEADING = re.compile(r"^(?:靠近|临近|近|的|在|位于|上)+(?=..)")
_WAY = "东南|东北|西南|西北|东|南|西|北"
OFFSET = re.compile(
    rf"(?:往|向|以)?(?:(?P<to>{_WAY})(?:方向|侧|边|面)?(?:行驶|直行|行|走|开|过去)?|前方?|进去?|入)约?\s*(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>米|m(?![a-z])|公里|km|KM)(?:处|左右)?"
)
DIRECTION = re.compile(
    rf"(?:(?:由|自|从){HAN}{{2,4}}?)?(?:往|开往|去往|去){HAN}{{2,6}}?方向|(?:由|自|从)?(?:{_WAY})(?:往|向|至|到)(?:{_WAY})(?:方向|行驶)?|\(?停?(?:{_WAY})行(?!驶?约?\s*\d)\)?|[往向]?(?:{_WAY})方向(?!约?\s*\d)|[往向](?:{_WAY})(?=$|[\s)])|[进出入回]城方向|[往去]{HAN}{{2,5}}$"
)
KILOMETRE_POST = re.compile(
    r"(?:[Kk](?=\d+)|(?<![\d.])(?=[\d.]{1,8}公里))(?P<km>\d{1,4}(?:\.\d{1,3})?)(?:公里)?(?:[+加]?(?P<m>\d{1,3})(?:米|m|$|(?=\D)))?处?"
)
METRO = re.compile(
    rf"地铁(?:[\d一二三四五六七八九十]+号线|APM线|广佛线)?[\s-]*({HAN}{{2,9}}?)(?:地铁)?站(?:[A-Z]\d?(?:出?入?口)?)?"
    rf"|(?<!{HAN})({HAN}{{2,9}}?)(?:地铁|轻轨|有轨电车)站(?:[A-Z]\d?(?:出?入?口)?)?"
    rf"|地铁({HAN}{{2,6}})[A-Z]\d?出?口"
)

# Prefecture-level neighbours, and the capitals and provinces that a nationwide call centre hears.
_CITIES = (
    "深圳|佛山|东莞|中山|珠海|惠州|清远|肇庆|江门|汕头|湛江|茂名|韶关|梅州|河源|阳江|潮州|揭阳|汕尾|云浮|北京|上海|天津|重庆|长沙|武汉|南京|杭州"
    "|成都|西安|郑州|济南|青岛|厦门|福州|南宁|海口|南昌|合肥|昆明|贵阳|太原|石家庄|沈阳|长春|哈尔滨|大连|苏州|宁波|无锡|温州|香港|澳门"
)
_THEIR_DISTRICTS = "南海|禅城|顺德|三水|高明|福田|罗湖|南山|宝安|龙岗|盐田|龙华|坪山|光明新|惠城|惠阳|香洲|斗门|金湾|清城|清新|端州|鼎湖|高要|蓬江|江海|新会"
OTHER_CITY = re.compile(
    rf"({_CITIES})市(?!场)|^(?:广东省?)?({_CITIES})(?=(?:{_THEIR_DISTRICTS})|(?!路|街){HAN}{{2,3}}[区镇县])|({_THEIR_DISTRICTS})区"
    rf"|^(深圳|佛山|东莞|珠海|惠州|清远|肇庆|江门)(?!大道|路|街|大厦|酒店|庄|[的车牌籍人])"
)
# Far cities, which also stand in names of our streets and shops (北京路, 中山八路, 重庆火锅): only alone, with a part of their
# own, with a whole road behind them, or in the name of a hospital. 中山 is too many things here.
_THEIR_PARTS = (
    "中环|九龙|新界|港岛|铜锣湾|尖沙咀|旺角|湾仔|沙田|元朗|屯门|荃湾|大屿山|氹仔|路氹|路环|澳门半岛|浦东|浦西|陆家嘴|虹桥|外滩|徐汇|静安|黄浦"
    "|闵行|松江|嘉定|青浦|奉贤|崇明|杨浦|虹口|长宁|朝阳|海淀|西城|东城|丰台|通州|大兴|武昌|汉口|汉阳|渝中|江北|岳麓|芙蓉区|碑林|雁塔|武侯|锦江|西湖|萧山"
)
FAR_CITY = re.compile(
    rf"(?:^|,)(?!中山)({_CITIES})(?=$|[,\s]|出了|出车|发生|[这那]边|市区|(?:{_THEIR_PARTS})|{HAN}{{0,8}}医院"
    rf"|(?!路|街|大道|庄|[东南西北中][路街]){HAN}{{2,3}}?(?:路|大道))"
)
_OURS = re.compile(rf"广州|(?:{_NAMES})(?:区|市)|^(?:{_NAMES})")


def district_named(word: str) -> str:
    """Today's name of a district, e.g. ``萝岗`` is ``黄埔区``."""
    return DISTRICTS[word]


def other_city(text: str) -> str | None:
    """Name of the city or its district when ``text`` is plainly somewhere else; None when it also names our own."""
    if _OURS.search(text):
        return None
    stays = re.sub(rf"(?:往|去|开往|来自|从){HAN}{{2,6}}?(?:方向|来的?)", "", text)
    match = OTHER_CITY.search(stays) or FAR_CITY.search(stays)
    return next((group for group in match.groups() if group), None) if match else None
