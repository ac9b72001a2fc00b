"""Training recipes: resumable, on a CPU, a GPU or many."""
