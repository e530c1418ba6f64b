"""Readers of evaluated proton data and the models that turn them into beamwright's nuclear tables."""
