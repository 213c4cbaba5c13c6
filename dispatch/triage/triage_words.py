"""The words by which callers tell what kind of accident it is: one table, read from top to bottom.

Each entry is a regular expression over the caller's words in simplified characters, half width and capitals (see
`plain_words`). Cantonese and spoken forms stand beside the written ones. What speaks of somebody or something that was
*not* so is taken back by `NEGATED` before a word and `DENIED` after it, within the same clause.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from dispatch.triage.report_words import plain
from dispatch.vocabulary import Labelled, Tier

SIMPLER = str.maketrans(
    "傷無沒員斷燒醫護學兒個幾緊亂滾燃壞毀嚴損橋墜濕氣囊彈開動駛馬達勢險罐洩漏細婦產媽頸腦壓夾暈嘔攔離碰頭臉陣後過說錯親亞場匝環樂劃喺裡裏條應",
    "伤无没员断烧医护学儿个几紧乱滚燃坏毁严损桥坠湿气囊弹开动驶马达势险罐泄漏细妇产妈颈脑压夹晕呕拦离碰头脸阵后过说错亲亚场匝环乐划喺里里条应",
)

PERSON = "(?:人|手|脚|腿|头|脸|额|膝|腰|背|胸|颈|骨|司机|乘客|骑手|行人|老人|小孩|老婆|同事|朋友|骑车的?)"
PARTY_BEFORE = "(?:[与和跟同被撞到上架辆台部揸驾开]|追尾|我是|涉及)"
PARTY_AFTER = "(?:追尾|被|刮|剐|蹭|擦|碰|撞|相撞|发生|出事|翻|侧|坏|起火)"


class GreenSign(Labelled):
    """What makes an incident jump the queue by its words; each can be switched off in the policy."""

    SCHOOL_BUS = "school_bus", "校车"
    EMERGENCY_VEHICLE = "emergency_vehicle", "警、消、救护车辆"
    PREGNANT_OR_CHILD = "pregnant_or_child", "孕妇或儿童"
    DANGEROUS_GOODS = "dangerous_goods", "危险品"


class Heard(NamedTuple):
    """A word that was heard, and where it stands."""

    word: str
    start: int
    end: int


# --- who is hurt ----------------------------------------------------------------------------------------------------
INJURY = (
    "受伤", "伤者", "伤员", "伤亡", "轻伤", "微伤", "重伤", "人伤", "伤人", "伤了人", "伤到人", "有伤", "伤咗", "整伤", "整亲", "撞亲", "跌亲",
    "撞伤(?!护栏|车|前|后|电)", "摔伤", "压伤", "砸伤", "夹伤", "烧伤", "烫伤", "扭伤", "碾压?到?(?:人|脚|腿)",
    f"{PERSON}(?:(?!没|无|冇|未|不|唔)[^,。;!?]){{0,4}}(?:擦伤|刮伤|划伤|破皮|破咗?|疼|痛|肿|麻|断|伤)",
    "骨折", "断了?(?:手|脚|腿|骨|肋)", "流血", "流紧血", "流好多血", "出血", "血流", "满脸血", "吐血", "昏迷", "昏了", "晕倒", "晕了", "晕咗",
    "不省人事", "没反应", "冇反应", "没有?意识", "没有?呼吸", "脑震荡", "休克", "呕吐",
    "死亡", "身亡", "死了人", "死人", "死者", "死咗(?!火|机)", "撞死(?!了?一?[只条头]?(?:狗|猫|鸡|牛|猪))", "遇难", "去世", "冇气", "没气了?",
    "被困", "困在", "困喺", "卡在(?:车|驾驶|里)", "出唔到来", "出不来", "压在车", "压住(?:人|脚|腿|咗人)", "夹住",
    "撞到?(?:个|了个?|咗个?)?(?:行人|路人|老人|阿婆|阿伯|小孩|细路|人(?!行))", "撞倒(?:了|咗)?(?:个|一个|一名)?(?:行人|路人|老人|人|阿婆|阿伯)",
    "送医", "送(?:去|往|到|咗去)?[^,。;!?]{0,8}医院", "[入住进]院", "抢救", "急救",
    "[打叫拨](?:了|咗|打)?120(?!号)", "120(?:来|到|拉|送|已)", "(?:叫|要|等|派|打)(?:了|咗|紧|一?[辆台架])?(?:救护车|白车|十字车)",
    "(?:救护车|白车)(?:来|到|拉|送|已|嚟|仲未)",
)  # fmt: skip

# --- how much it may cost -------------------------------------------------------------------------------------------
HEAVY_LOSS = (
    "报废", "全损", "翻车", "侧翻", "翻侧", "翻了(?!个|倍)", "反咗", "反车", "打侧", "四轮朝天", "四脚朝天", "底朝天", "车底朝天", "翻滚",
    "起火", "着火", "着咗火", "自燃", "燃烧", "烧起来", "烧着", "烧咗", "烧毁", "爆炸",
    "坠[桥河江崖海沟]", "掉[下进落][^,。;!?]{0,4}(?:桥|河|江|涌|沟|山|坡|水)", "冲[下落进出][^,。;!?]{0,4}(?:桥|河|江|涌|山|坡|路基|护栏)",
    "跌落[^,。;!?]{0,3}(?:河|涌|山|坑)", "落水", "泡水", "水淹", "水浸(?!街)", "淹了", "浸咗", "没顶",
    "气囊(?!没|未|冇|唔|都没|都冇)", "严重变形", "变形严重", "完全变形", "严重损坏", "损坏严重", "损毁严重", "损失(?:很大|惨重|巨大|严重|好大)",
    "(?:车头|车尾|车身|半边车?|前面)(?:全|都|完全|成个)?(?:没了|冇咗|毁了|烂晒|撞烂|凹陷严重|瘪了)", "撞到?稀烂", "撞烂晒",
    "(?:损失|车损|维修|修理|修)[^,。;!?]{0,6}(?:\\d{2,}|[一二两三四五六七八九几]?[十百])多?万",
    "劳斯莱斯", "宾利", "法拉利", "兰博基尼", "迈巴赫", "迈凯伦", "阿斯顿马丁", "玛莎拉蒂",
)  # fmt: skip

# --- how many vehicles ----------------------------------------------------------------------------------------------
MULTI_VEHICLE = (
    "连环", "连续追尾", "多车(?!道)", "多辆车?", "好多(?:架|台|辆)?车(?:撞|追|碰|一齐)", "[好十]?几[辆台部架](?:小?车)", "一串车",
    "[四五六七八九十](?:[辆台部架]|小)*(?:轿|客|货|机动|小汽|私家)?车(?!道|位|间)", "三(?:[辆台部架]|小)*(?:轿|客|货|机动|小汽|私家)?车(?!道|位|间)",
    "(?<![\\dA-Z])(?:[3-9]|[1-9]\\d)[辆台部架](?:小|轿|客|货|机动|小汽|私家)*车?", "(?<![\\dA-Z])[3-9](?:小|轿|货)?车(?:追|相|连|碰|撞)",
)  # fmt: skip

# --- the expressway -------------------------------------------------------------------------------------------------
EXPRESSWAY = (
    "高速公路", "高速路(?!口)", "[\\u4e00-\\u9fff]{2}高速(?!行驶|行车|驶|通过|撞|冲|转|运|列车|铁路)", "[上行入]咗?了?高速", "高速(?:上|收费站|服务区|匝道|应急|隧道)",
    "(?:高速|快速)应急车道", "绕城高速", "(?<![A-Z0-9])G(?:\\d{4}|\\d{1,2})(?![A-Z0-9])", "(?<![A-Z0-9])S\\d{1,2}(?![A-Z0-9])",
)  # fmt: skip
OFF_EXPRESSWAY = (
    "高速(?:公路|路)?(?:的)?(?:桥底|桥下|底下|底|下面|下边|旁|侧边|隔离|入口|出口(?!匝道)|路?口|外)", "[下落出离][咗了开]?[\\u4e00-\\u9fff]{0,4}高速",
    "(?:没|未|不|冇|唔|还没)(?:有)?[上入进到]?(?:去)?高速",
)  # fmt: skip

# --- can it drive ---------------------------------------------------------------------------------------------------
CANNOT_DRIVE = (
    "(?:开|走|动|行|郁|驶)(?:不了|不动|唔到|唔郁|唔了)", "(?:不能|不可以|没法|无法|唔可以|唔行得|冇得|冇办法)(?:再|继续|正常)?(?:开(?!始|展|车门|门|后备|尾)|走|动|行驶|行|启动|移动|驶)",
    "唔郁得", "开唔走", "打不着火?", "打唔着", "死火", "死咗火", "抛锚", "趴窝", "(?:要|叫|派|等|需要?|揾|请)(?:一?[辆台部架])?拖车", "(?:要|需要?|叫人)拖走?",
    "轮(?:子|胎)?(?:掉|飞|断|脱)", "甩(?:咗)?(?:个)?轮", "断轴", "轴断", "水箱(?:漏|爆|穿)", "漏(?:机油|油|水)", "卡死",
)  # fmt: skip
CAN_DRIVE = (
    "(?:能|可以?|还能|仲可以|仲|还可以)(?:正常|自己|继续)?(?:开|走|动|行驶|行|移动|郁)(?!始|展|车门)", "开得(?:走|到|了|郁)", "行得", "郁得", "开得",
)  # fmt: skip

# --- nothing much ---------------------------------------------------------------------------------------------------
SLIGHT = (
    "轻微", "小刮", "小剐", "小蹭", "小碰", "小擦", "小事故", "小意外", "小问题", "刮花", "擦花", "划花", "蹭花", "花咗", "掉(?:了|咗)?(?:一?[点块]|啲)?漆",
    "刮(?:了|咗)?(?:一?[点下]|啲)?漆", "蹭(?:了|咗)?一下", "碰(?:了|咗)?一下", "一[点啲]刮痕", "少少", "冇乜", "没什么大?事", "问题不大", "唔严重", "不严重", "小凹",
)  # fmt: skip

# --- who jumps the queue --------------------------------------------------------------------------------------------
GREEN: dict[GreenSign, tuple[str, ...]] = {
    GreenSign.SCHOOL_BUS: ("校车(?!站|停|位)", "校巴", "幼儿园的?(?:车|班车|接送车)", "学生接送车", "接送学生的车"),
    GreenSign.EMERGENCY_VEHICLE: (
        f"{PARTY_BEFORE}(?:了|咗|着|一)?[辆台架部]?(?:警车|救护车|消防车|巡逻车|公安车|十字车|白车)", f"(?:警车|救护车|消防车)(?:{PARTY_AFTER})",
        "(?:警车|救护车|消防车)(?:司机|驾驶)",
    ),
    GreenSign.PREGNANT_OR_CHILD: (
        "孕妇", "怀孕", "孕期", "大肚婆", "大着肚子", "有身己", "有咗BB", "临产", "小孩", "孩子", "小朋友", "细路", "细蚊仔", "婴儿", "宝宝", "BB仔", "BB女",
        "幼儿(?!园)", "儿童(?!医院|公园|医疗|乐园|活动|福利|医学)",
    ),
    GreenSign.DANGEROUS_GOODS: (
        "危险品", "危险货物", "危化", "危险化学", "化学品", "化工原料", "油罐", "槽罐", "罐车", "液化气", "煤气罐", "燃气罐", "天然气车", "气罐车",
        "(?:汽油|柴油|煤气|燃气|天然气|液氨|氯气|毒气|酸液|硫酸|盐酸)[^,。;!?]{0,3}(?:泄漏|泄露|漏|洒|流出)", "剧毒", "爆炸品", "易燃易爆", "烟花", "放射",
    ),
}  # fmt: skip
OFFICIAL_PLATE = re.compile("警$|应急$")

# --- what takes a word back -----------------------------------------------------------------------------------------
NO = "(?:没有|没得|没|无|毋|未有|未见|未|冇|唔使|唔系|唔需要|唔|不用|不需要|不必|不是|不|非|否认|无需|勿)"
FILLER = (
    "(?:有|任何|一个|半个|人员|人|者|大家|双方|两边|车上|司机|乘客|车主|我|对方|造成|发生|出现|导致|引起|见到|看到|见|听|什么|咩|乜|"
    "明显|重大|严重|大的|大|需要|需|要|叫|打|用|受|再|过|搭|载|坐|带|是|系|去|上|到|装|运|拉)"
)
NEGATED = re.compile(f"(?<!是)(?<!并)(?<!唔系)(?<!不是){NO}{FILLER}{{0,6}}$")
DENIED = re.compile("^(?:的|者|嘅|情况|人员|人)?(?:倒|就|都|也|则|系|是|暂时)?(?:没有|冇|无|没)(?=$|[,。;!?])")
CLAUSE = re.compile("[,。;!?\\n:、]|\\.(?!\\d)")

PATTERNS: dict[Tier, re.Pattern[str]] = {
    Tier.INJURY: re.compile("|".join(INJURY)),
    Tier.HEAVY_LOSS: re.compile("|".join(HEAVY_LOSS)),
    Tier.MULTI_VEHICLE: re.compile("|".join(MULTI_VEHICLE)),
    Tier.EXPRESSWAY: re.compile("|".join(EXPRESSWAY)),
    Tier.MINOR: re.compile("|".join(SLIGHT)),
}
GREEN_PATTERNS = {sign: re.compile("|".join(words)) for sign, words in GREEN.items()}
OFF_PATTERN = re.compile("|".join(OFF_EXPRESSWAY))
CANNOT_PATTERN = re.compile("|".join(CANNOT_DRIVE))
CAN_PATTERN = re.compile("|".join(CAN_DRIVE))


@lru_cache(maxsize=256)  # one report is read several times over
def plain_words(text: str) -> str:
    """One way to write it: half width, capitals, simplified characters, Chinese stops as commas and full stops."""
    return re.sub(r"\s+", ",", plain(text).translate(SIMPLER).strip()).replace("…", "。")


def first_heard(words: str, pattern: re.Pattern[str]) -> str:
    """The first word of ``pattern`` that is not negated; empty where there is none.

    Parameters
    ----------
    words : str
        As `plain_words` gives them.
    pattern : re.Pattern
    """
    start = 0
    while (found := pattern.search(words, start)) is not None:
        before = CLAUSE.split(words[max(0, found.start() - 24) : found.start()])[-1]
        after = CLAUSE.split(words[found.end() : found.end() + 8])[0]
        if not NEGATED.search(before) and not DENIED.search(after):
            return found.group()
        start = found.start() + 1
    return ""
