"""Fine-grained retrieval: the photo that a sketch was drawn from, out of a gallery of many.

    from sketchlib.retrieval import Gallery
    gallery = Gallery.build("photos", encoder, "photos-gallery")        # once; again when photos change
    matches = Gallery.load("photos-gallery", encoder).search(vector)     # often
    print(matches.names[0], matches.distances[0])

The encoder is `sketchlib.retrieval.model.load_retriever(...)`, or anything that keeps the promises of `PhotoEncoder`.
"""

from sketchlib.retrieval.encoders import PhotoEncoder
from sketchlib.retrieval.gallery import Gallery, Matches
from sketchlib.retrieval.store import Problem

__all__ = ["Gallery", "Matches", "PhotoEncoder", "Problem"]
