"""Parcel tracking for a small carrier."""
