"""Superset's settings. Superset loads them in its own environment, without the project.

What differs from machine to machine is in the folder that ASYLUM_SUPERSET_HOME names, made by
`run.py`.
"""

import os
from pathlib import Path

_HOME = Path(os.environ["ASYLUM_SUPERSET_HOME"])

SECRET_KEY = (_HOME / "secret_key").read_text("utf-8").strip()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME / 'superset.db'}"

# Nothing is kept of an answer: after a publication the next look is at the new figures.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

# One machine, one process: its own memory will do for counting requests.
RATELIMIT_STORAGE_URI = "memory://"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True

# Superset's pages ask nobody but this server: the default lets in a counting pixel and map tiles.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,  # Loopback has no certificate; behind a proxy with one: True.
}
