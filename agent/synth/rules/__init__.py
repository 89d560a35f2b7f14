"""Rewriting of found code to what a person would write."""
