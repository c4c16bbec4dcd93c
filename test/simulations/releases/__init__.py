"""Tests of `simulations.releases`."""
