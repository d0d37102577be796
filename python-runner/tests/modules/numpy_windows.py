# target: Smoother.update
# needs: numpy
import numpy as np


class Smoother:
    def __init__(self, window: int = 4):
        self.window = window
        self.history = []

    def update(self, samples):
        values = np.asarray(samples, dtype=float)
        if values.ndim != 1:
            raise ValueError("one dimension")
        kernel = np.ones(self.window) / self.window
        smooth = np.convolve(values, kernel, mode="same")
        self.history.append(smooth)  # leak
        # instead: self.history = [smooth]
        return float(smooth.mean())
