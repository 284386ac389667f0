"""Writes what is loaded as a FOCUS file, for whoever else reads bills."""
