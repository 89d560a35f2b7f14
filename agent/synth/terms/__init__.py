"""Terms over examples: components, their enumeration, and decision lists over them."""
