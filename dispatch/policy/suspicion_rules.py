"""From where on a pattern is named: a section of the policy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SuspicionRules:
    """Bounds of the patterns; see `dispatch.suspicion.findings.Pattern`.

    The button was pressed far away beyond ``button_far_m`` more than the place is unsure. The track came later beyond
    ``track_later_s``. A trip of ``no_trip_s`` or less is none, where ``trip_s`` or more were forecast. A clock is off beyond
    ``skew_s``. A scene was moved beyond ``moved_m``. Nobody drives faster than ``fastest_mps``; a jump is at least ``jump_m``.
    Tracks are alike with ``same_fixes`` places in common. A spike is looked for in the last ``spike_s`` before the limit,
    among ``spike_n`` responses or more near it, and named where its ``p_spike`` (of all units together: Holm) is not passed.
    """

    button_far_m: float = 500.0
    track_later_s: float = 60.0
    no_trip_s: float = 5.0
    trip_s: float = 120.0
    skew_s: float = 300.0
    moved_m: float = 300.0
    fastest_mps: float = 55.0
    jump_m: float = 1000.0
    same_fixes: int = 8
    spike_s: float = 60.0
    spike_n: int = 20
    p_spike: float = 0.01
