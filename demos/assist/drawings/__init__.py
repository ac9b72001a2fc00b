"""Drawings of photos in the gallery, and the script that draws them."""
