"""Training of the retrieval networks: a teacher, a student of four canvases, a selector."""
