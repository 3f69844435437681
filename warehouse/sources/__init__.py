"""Where figures come from: what is asked of each source, and how."""
