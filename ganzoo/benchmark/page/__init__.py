"""The page of a suite: one file without a network, to look at."""

from ganzoo.benchmark.page.rendering import render as render
