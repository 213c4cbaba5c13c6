"""Patterns in the facts and tracks that a person should look at; none of them is a verdict, and none changes one."""
