"""What earlier runs left behind: solved contracts and refuted candidates, as proposals only."""
