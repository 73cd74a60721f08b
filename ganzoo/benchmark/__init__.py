"""Suites: train every recipe with every seed, score, record and report."""
