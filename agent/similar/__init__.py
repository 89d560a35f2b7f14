"""Which functions do the same: by structure, by behaviour, and for the best hits by proof."""
