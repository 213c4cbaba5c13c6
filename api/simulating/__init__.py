"""Simulated days and days replayed (模拟), wired to the ground of this process."""
