"""StrokeScope's library: which strokes of a human sketch a neural network relies on, and what follows from it."""

__version__ = "0.1.0"
