"""Costs as JSON for scripts and boards, below /api/, with the tokens, limits and errors of /mcp."""
