"""The commands, a module each or a close group; warehouse/cli/app.py lists them."""
