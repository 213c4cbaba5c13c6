"""A whole city's load on the real service: what it holds, and what breaks first (docs/scale.md)."""
