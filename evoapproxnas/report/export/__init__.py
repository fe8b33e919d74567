"""What was found, for other tools."""
