"""How the kinds of evidence compare: written by ``python -m tools.fit_geocoder``, not by hand."""

from geo_data.places.belief import STATED, Beliefs

FITTED = Beliefs(
    levels=STATED
    | {
        "name": -0.17,
        "whole name": 2.40,
        "stem": -0.37,
        "corner": 4.78,
        "number": -0.14,
        "road": 1.35,
        "region": -1.13,
    },
    unknown=-1.07,
    unknown_in_district=-6.16,
)
