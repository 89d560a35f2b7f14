"""How much a contract demands: which unwanted programs does it allow?"""
