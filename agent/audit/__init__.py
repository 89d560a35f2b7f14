"""The audit: every claim derived again, every stored proof and record checked again."""
