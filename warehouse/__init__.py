"""The warehouse without its orchestrator: everything that touches storage or the network."""
