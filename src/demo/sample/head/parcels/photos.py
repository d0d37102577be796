"""Photos from the scan tunnel."""

from __future__ import annotations

import numpy as np

KEPT = 50


class Tunnel:
    """Takes one grey photo of each parcel, and keeps small previews of the last few."""

    def __init__(self, width: int = 2048, height: int = 2048) -> None:
        self.width = width
        self.height = height
        self.previews: list[np.ndarray] = []
        self.strips: list[np.ndarray] = []

    def expose(self, frame: np.ndarray, light: int) -> None:
        frame[:: self.height // 16] = light

    def capture(self, light: int = 128) -> float:
        """Takes a photo and says how bright it is."""
        frame = np.zeros((self.height, self.width), dtype=np.uint8)
        self.expose(frame, light)
        self.previews.append(frame[::64, ::64])
        del self.previews[:-KEPT]
        return float(frame[0].mean())

    def read_strip(self, light: int = 200) -> int:
        """Takes a photo for the bar code reader, which wants a few rows of it."""
        frame = np.zeros((self.height, self.width), dtype=np.uint8)
        self.expose(frame, light)
        self.strips.append(frame[:4].copy())
        del self.strips[:-KEPT]
        return int(frame[0, 0])
