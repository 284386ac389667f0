"""Static files: hashed by Django, kept in memory and served with headers for caches.

Django's ManifestStaticFilesStorage needs a folder that `collectstatic` fills before each start. Here every
process reads the files of all apps itself, so that they are never stale, missing or on a read-only disk.
"""

from __future__ import annotations

from mimetypes import guess_type
from typing import Any, cast

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import HashedFilesMixin, staticfiles_storage
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.encoding import filepath_to_uri
from django.views.decorators.http import conditional_page, require_safe

# Only a hashed name always means the same content.
CACHE_HASHED = "public, max-age=31536000, immutable"
CACHE_PLAIN = "public, max-age=300"


class MemoryStorage(Storage):
    """Files by name, without a disk and safe to read from several threads."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def url(self, name: str | None) -> str:
        return f"{settings.STATIC_URL}{filepath_to_uri(name)}"

    def exists(self, name: str) -> bool:
        return name in self.contents

    def delete(self, name: str) -> None:
        del self.contents[name]

    def _open(self, name: str, _mode: str) -> File[bytes]:
        return ContentFile(self.contents[name], name)

    def _save(self, name: str, content: File[bytes]) -> str:
        self.contents[name] = b"".join(content.chunks())
        return name


class HashedFiles(HashedFilesMixin, MemoryStorage):  # type: ignore[misc]  # as in the stubs themselves
    """The static files of all apps, each under its own name and under one with a hash of its content."""

    keep_intermediate_files = False

    def __init__(self) -> None:
        super().__init__()
        found: dict[str, tuple[Any, str]] = {}
        for finder in get_finders():
            for path, storage in finder.list(None):
                if path not in found:  # of several files with one name the first wins, as in collectstatic
                    found[path] = storage, path
                    with storage.open(path) as file:
                        self._save(path, file)
        for _, _, processed in self.post_process(found):
            if isinstance(processed, Exception):
                raise processed
        self.immutable = frozenset(self.hashed_files.values())


@conditional_page
@require_safe
def serve(_request: HttpRequest, name: str) -> HttpResponse:
    """Serve one static file, by its own name or by its hashed one."""
    files = cast("HashedFiles", staticfiles_storage)
    content = files.contents.get(name)
    if content is None:
        raise Http404
    return HttpResponse(
        content,
        content_type=guess_type(name)[0] or "application/octet-stream",
        headers={"Cache-Control": CACHE_HASHED if name in files.immutable else CACHE_PLAIN},
    )


def favicon(_request: HttpRequest) -> HttpResponseRedirect:
    """The address that browsers try unasked."""
    return HttpResponseRedirect(static("pricing_site/icon.svg"))
