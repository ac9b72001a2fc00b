"""Fine-grained retrieval: the photo that a sketch was drawn from, out of a gallery of many."""
