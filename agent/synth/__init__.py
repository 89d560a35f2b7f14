"""The offline synthesizer."""
