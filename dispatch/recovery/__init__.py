"""Vehicles that cannot drive: tow and shop as one plan, in the city and in the province."""
