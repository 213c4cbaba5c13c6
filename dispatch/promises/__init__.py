"""Promises as data: rules, facts and a calendar go in, verdicts with their evidence come out."""
