"""A car park: what a stay costs and who may enter."""
