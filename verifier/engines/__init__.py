"""The engines: one interface, one file each."""
