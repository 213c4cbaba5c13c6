"""The decisions: pure Python, given its facts and its clock, touching nothing outside itself."""
