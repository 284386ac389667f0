"""Public pages: what the tools answer about prices, for people."""
