"""How gunicorn serves the site: `gunicorn -c gunicorn.conf.py`.

gunicorn itself reads WEB_CONCURRENCY, the number of worker processes (default 1).
"""

import gc
import os

wsgi_app = "pricing_site.asgi:application"
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"

worker_class = "asgi"
# MCP's session manager lives in the lifespan: without it no tool call could be answered.
asgi_lifespan = "on"

# Agents think for longer than gunicorn's 2 s between calls, and a connection that closes just as the next
# call goes out is an error to them.
keepalive = 75

# Cloud Run kills what still runs 10 s after it asked to stop.
graceful_timeout = 8

# Cloud Run logs each request; a log of ours would only double it. What is wrong goes to stderr.
accesslog = None

# Nothing here manages a running server, and two on one machine would share the socket's path.
control_socket_disable = True


def post_worker_init(_worker: object) -> None:
    """Keep what was loaded at the start out of garbage collections: they held answers up by 60 ms."""
    gc.collect()
    gc.freeze()
