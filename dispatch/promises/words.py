"""Words of promises: how somebody is told, what a problem is about, why a promise is excused."""

from dispatch.vocabulary import Labelled


class ContactMeans(Labelled):
    """How somebody was reached."""

    TELEPHONE = "telephone", "电话"
    SMS = "sms", "短信"
    MAIL = "mail", "邮件"
    WRITING = "writing", "书面"
    VISIT = "visit", "上门"


class ProblemKind(Labelled):
    """What a client's problem is about."""

    TECHNICAL = "technical", "技术问题"
    POLICY = "policy", "保单问题"


class ExcuseCode(Labelled):
    """Why a promise is not to be kept; each needs words as well."""

    CLIENT_DECLINED = "client_declined", "客户谢绝"
    CLIENT_UNREACHABLE = "client_unreachable", "多次联系不上"
    FORCE_MAJEURE = "force_majeure", "不可抗力"
    RECORDED_BY_MISTAKE = "recorded_by_mistake", "误录入"


class WantedService(Labelled):
    """What exists as a service, is not dispatched, and is only recorded as wanted."""

    LEGAL_AID = "legal_aid", "法律援助"
    PREPAYMENT = "prepayment", "应急垫付"
