"""The pages of what was billed: for people who may read costs."""
