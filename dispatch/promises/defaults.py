"""The promises of the contract, as rules; docs/promises.md says row by row where each comes from."""

from typing import Any

from dispatch.promises.rules import Promise, read_promise

CALLED_OFF = ["incident_merged", "incident_closed code=withdrawn|false_report|duplicate|mistake|demo_stopped"]
DECLINED = "excused promise={name} code=client_declined|client_unreachable|force_majeure"
MISTAKEN = "excused promise={name} code=recorded_by_mistake"


def _incident(name: str, label: str, english: str, **keys: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "english": english, "about": "incident", **keys}


def _client(name: str, label: str, english: str, **keys: Any) -> dict[str, Any]:
    common = {"about": "client", "starts": ["client_in_force"], "ends": ["client_ended"]}
    excluded = ["client_ended", DECLINED.format(name=name)]
    return {"name": name, "label": label, "english": english, **common, "excluded_by": excluded, **keys}


def _problem(name: str, label: str, english: str, **keys: Any) -> dict[str, Any]:
    excluded = [MISTAKEN.format(name=name)]
    return {"name": name, "label": label, "english": english, "about": "problem", "excluded_by": excluded, **keys}


TABLES: tuple[dict[str, Any], ...] = (
    _incident(
        "caller_contacted", "报案后联系", "Caller contacted after report",
        starts=["incident_reported"], within="10 min", any_of=True,
        kept_by=["caller_contacted reached=yes", "callback_answered reached=yes", "arrival_claimed", "video_survey_started"],
        excluded_by=[*CALLED_OFF, "partner_engaged"],
    ),
    _incident(
        "partner_contact", "合作单位联系报案人", "Partner in contact",
        starts=["partner_engaged"], within="frozen", any_of=True,
        kept_by=["partner_told", "caller_contacted reached=yes"], excluded_by=CALLED_OFF,
    ),
    _incident(
        "callback", "回电", "Call-back", starts=["callback_requested"], within="1 h",
        kept_by=["callback_answered reached=yes"], excluded_by=["incident_merged"],
    ),
    _incident(
        "payment_told", "赔付结果告知", "Payment told", starts=["claim_paid"], within="1 working day",
        kept_by=["client_told means=telephone|sms|mail"],
    ),
    _incident(
        "refusal_told", "拒赔告知(书面及电话)", "Refusal told in writing and by telephone", starts=["claim_refused"],
        within="2 working days", kept_by=["client_told means=writing", "client_told means=telephone"],
    ),
    _incident(
        "claimant_visit", "赔案后回访", "Visit after the claim", starts=["claim_paid", "claim_refused"],
        within="5 working days", kept_by=["caller_contacted means=visit reached=yes"],
        excluded_by=[DECLINED.format(name="claimant_visit")],
    ),
    _incident(
        "replacement_consent", "更换人员经客户同意", "Replacement with consent and hand-over",
        starts=["replacement_agreed"], within="1 s", kept_by=["replacement_agreed consent=named handover=given"],
    ),
    _problem(
        "technical_solved", "技术问题解决", "Technical problem solved", starts=["problem_raised problem=technical"],
        within="24 h", kept_by=["problem_solved"],
    ),
    _problem(
        "question_solved", "保单问题答复", "Policy question solved", starts=["problem_raised problem=policy"],
        within="3 working days", kept_by=["problem_solved"],
    ),
    _problem(
        "solution_called", "解决后电话告知", "Solution told by telephone", starts=["problem_solved"], within="1 h",
        kept_by=["solution_told means=telephone"],
    ),
    _problem(
        "solution_written", "解决后书面答复", "Solution told in writing", starts=["problem_solved"], within="24 h",
        kept_by=["solution_told means=writing|mail"],
    ),
    _client(
        "first_visit", "首次拜访", "First visit", within="1 month",
        kept_by=["client_contacted means=visit reached=yes"], ends=[],
    ),
    _client(
        "monthly_visit", "每月回访", "Monthly visit", every="1 month",
        kept_by=["client_contacted means=visit reached=yes"],
    ),
    _client(
        "monthly_call", "每月电话联系", "Monthly telephone call", every="1 month",
        kept_by=["client_contacted means=telephone reached=yes"],
    ),
    _client(
        "quarterly_mail", "每季邮件联系", "Quarterly mail", every="3 months",
        kept_by=["client_contacted means=mail|writing reached=yes"],
    ),
    _client(
        "service_report", "每季服务报告", "Quarterly service report", every="3 months",
        kept_by=["report_delivered"],
    ),
    {
        "name": "backups_named", "label": "预先指定两名后备", "english": "Two back-ups named in advance", "about": "house",
        "at_least": 2, "kept_by": ["backup_named contacts=two"],
    },
)  # fmt: skip

RULES: tuple[Promise, ...] = tuple(read_promise(table) for table in TABLES)
