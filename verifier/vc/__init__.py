"""From the intermediate representation to verification conditions."""
