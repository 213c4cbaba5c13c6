"""Simulated demand (模拟): when, where and in which words accidents are reported."""
