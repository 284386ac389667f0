"""gunicorn's configuration: `.venv/bin/python -m gunicorn -c gunicorn.conf.py`.

gunicorn itself reads WEB_CONCURRENCY, the number of worker processes (default 1).
"""

import contextlib
import gc
import os
import resource
import socket
import threading

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

# Each connection takes a file descriptor, and many systems allow only 1024 unless a process asks for more.
MAX_OPEN_FILES = 65_536
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
_wanted = MAX_OPEN_FILES if _hard == resource.RLIM_INFINITY else min(MAX_OPEN_FILES, _hard)
if _soft != resource.RLIM_INFINITY and _soft < _wanted:
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (_wanted, _hard))

# Cloud Run kills the container 10 s after asking it to stop.
graceful_timeout = 8

# Cloud Run already logs each request. Errors go to stderr.
accesslog = None

# It is not used, and two servers on one machine would share the socket's path.
control_socket_disable = True


def post_worker_init(_worker: object) -> None:
    """Log what is wrong with the database, and exclude the objects loaded so far from garbage collection.

    Collecting them delayed responses by 60 ms.
    """
    from pricing_site.database_faults import log_faults  # noqa: PLC0415  # gunicorn sets the path after this file

    # In a thread, because a server that is away takes 20 s to notice.
    threading.Thread(target=log_faults, daemon=True).start()
    gc.collect()
    gc.freeze()
