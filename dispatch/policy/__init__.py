"""Every tunable number and rule of the house, each section with its defaults."""
