"""What was shown before, kept so that it need not be shown again."""
