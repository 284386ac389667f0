"""Pages about the catalog itself: what its syncs changed, and how current it is."""
