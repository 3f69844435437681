"""The archive of older releases: which files it holds, and how they are read."""
