"""Images of containers: what a Dockerfile says, the files of an image, and the registry that keeps it."""
