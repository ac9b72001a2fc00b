"""Data sets to train on, and the augmentation of their sketches."""
