"""How good delivered code is by the usual measures, beside whether it is right."""
