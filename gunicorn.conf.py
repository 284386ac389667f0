"""gunicorn's configuration: `.venv/bin/python -m gunicorn -c gunicorn.conf.py`.

gunicorn itself reads WEB_CONCURRENCY, the number of worker processes (default 1).
"""

import contextlib
import gc
import os
import resource
import shutil
import socket
import tempfile
import threading
from typing import Any

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

# As settings.LOG_FORMAT; what gunicorn itself has to say comes before a worker has read the settings.
if os.environ.get("LOG_FORMAT", "line") == "json":
    logconfig_dict = {
        "formatters": {"generic": {"()": "pricing_site.logs.CloudFormatter"}},
        "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["error_console"], "propagate": False}},
    }

# It is not used, and two servers on one machine would share the socket's path.
control_socket_disable = True


# Several workers add their metrics up in files. A reload of this file keeps the folder.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
if int(os.environ.get("WEB_CONCURRENCY", "1")) > 1 and METRICS_FOLDER not in os.environ:
    os.environ[METRICS_FOLDER] = tempfile.mkdtemp(prefix="cloud-pricing-metrics-")


def child_exit(_server: object, worker: Any) -> None:
    """Take a worker that ended out of the gauges; its counts stay."""
    if METRICS_FOLDER in os.environ:
        from prometheus_client import multiprocess  # noqa: PLC0415  # only here

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: object) -> None:
    """Delete the files of metrics."""
    if folder := os.environ.get(METRICS_FOLDER):
        shutil.rmtree(folder, ignore_errors=True)


def post_worker_init(worker: Any) -> None:
    """Log what is wrong with the database, and exclude the objects loaded so far from garbage collection.

    Collecting them delayed responses by 60 ms.
    """
    # gunicorn sets the path after this file
    from pricing_site.database_faults import log_faults  # noqa: PLC0415
    from pricing_site.live_stream import streams  # noqa: PLC0415

    # A stream would keep a worker that was asked to stop until it is killed.
    streams.is_serving = lambda: worker.alive

    # In a thread, because a server that is away takes 20 s to notice.
    threading.Thread(target=log_faults, daemon=True).start()
    gc.collect()
    gc.freeze()
