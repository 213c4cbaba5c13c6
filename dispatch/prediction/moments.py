"""The three moments at which the probability of a kept promise is stated."""

from dispatch.vocabulary import Labelled


class Moment(Labelled):
    """When a forecast was made."""

    REPORT = "report", "报案时"
    ASSIGNMENT = "assignment", "派单时"
    ON_THE_WAY = "on_the_way", "途中"
