"""The command line: parses, calls the package, prints. No other part prints."""
