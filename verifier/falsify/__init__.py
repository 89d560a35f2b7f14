"""Quick refutation: concrete inputs of growing size through the interpreter."""
