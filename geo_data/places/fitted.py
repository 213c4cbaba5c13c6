"""How the kinds of evidence compare: written by ``python -m tools.fit_geocoder``, not by hand."""

from geo_data.places.belief import STATED, Beliefs

FITTED = Beliefs(
    levels=STATED
    | {
        "name": -0.18,
        "whole name": 2.44,
        "stem": -0.41,
        "corner": 4.8,
        "number": -0.07,
        "road": 1.33,
        "region": -1.15,
    },
    unknown=-1.08,
    unknown_in_district=-6.17,
)
