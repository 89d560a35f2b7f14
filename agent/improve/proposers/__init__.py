"""Who proposes changes of skills, offline: searches, evolution, traces, and maybe a model."""
