"""Service reports, and the promises that they account for."""
