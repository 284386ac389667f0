"""Whole resources at list prices: from the parts of a bill to SKUs, costs and discounts."""
