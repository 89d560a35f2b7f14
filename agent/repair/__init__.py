"""Repair: find the fault, edit the text, smallest change first; the engines judge the result."""
