"""What each sync changed: prices that moved, new, withdrawn and returned SKUs."""
