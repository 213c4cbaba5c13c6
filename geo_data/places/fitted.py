"""How far each kind of evidence is to be believed: written by ``python -m tools.fit_geocoder``, not by hand."""

from geo_data.places.belief import STATED, Beliefs, Trust

FITTED = Beliefs(
    kinds=STATED
    | {
        "name": Trust(0.48, 1.79, 1.64, 0.69),
        "whole name": Trust(2.63, 1.00, 1.56, 0.00),
        "area": Trust(1.08, 1.14, 1.28, 0.00),
        "stem": Trust(-1.37, 0.72, 0.66, 0.00),
        "corner": Trust(5.06, 2.31, 0.67, 0.00),
        "number": Trust(-1.17, 1.00, 1.66, 0.00),
        "neighbour": Trust(-0.08, 1.00, 1.16, 0.00),
        "stretch": Trust(1.00, 1.00, 0.83, 0.00),
        "mention": Trust(-0.24, 1.00, 1.17, 0.00),
        "town": Trust(-1.24, 1.00, 1.27, 0.00),
        "district": Trust(-1.75, 1.00, 0.91, 0.00),
    },
    wrong_district=3.07,
    far_from_town=2.10,
    off_road=0.87,
    unknown=-1.48,
    unknown_in_district=-6.43,
)
