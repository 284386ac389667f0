"""gunicorn's configuration: `gunicorn -c gunicorn.conf.py`.

gunicorn itself reads WEB_CONCURRENCY, the number of worker processes (default 1).
"""

import contextlib
import gc
import os
import socket

wsgi_app = "pricing_site.asgi:application"
bind = [f"127.0.0.1:{os.environ.get('PORT', '8000')}"]
# localhost may be either loopback address. The second is left out if there is no IPv6, or the port is taken.
with contextlib.suppress(OSError, OverflowError, ValueError), socket.socket(socket.AF_INET6) as probe:
    port = bind[0].rpartition(":")[2]
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("::1", int(port)))
    bind.append(f"[::1]:{port}")

worker_class = "asgi"
# The MCP session manager runs in the lifespan: without it, every tool call fails.
asgi_lifespan = "on"

# Agents pause for longer than gunicorn's default 2 s between calls, and fail if the connection closes just as
# they send the next one.
keepalive = 75

# Cloud Run kills the container 10 s after asking it to stop.
graceful_timeout = 8

# Cloud Run already logs each request. Errors go to stderr.
accesslog = None

# It is not used, and two servers on one machine would share the socket's path.
control_socket_disable = True


def post_worker_init(_worker: object) -> None:
    """Exclude objects loaded at startup from garbage collection, which delayed responses by 60 ms."""
    gc.collect()
    gc.freeze()
