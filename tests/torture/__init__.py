"""Kills, outages and races at length, against real server processes: `make torture`."""
