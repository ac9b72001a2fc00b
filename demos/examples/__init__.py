"""Sketches drawn for this project, and the script that draws them."""
