"""The intermediate representation: typed Python with every surprise made explicit."""
