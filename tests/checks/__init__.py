"""Checks of `make check`: each module here is run as a program and fails in plain words."""
