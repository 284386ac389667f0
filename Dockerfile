# The base is pinned by a tag; docs/container.md says how to pin it by its digest.
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS builder
WORKDIR /app
COPY requirements-image.txt .
# Bytecode that is never compared with its source: nothing writes either of them later.
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --quiet --no-cache-dir --disable-pip-version-check \
        --no-compile --only-binary :all: --require-hashes --requirement requirements-image.txt \
    && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv
COPY . .
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash .

# What the image is made of, as CycloneDX.
FROM builder AS sbom
RUN python -m venv --without-pip /opt/sbom \
    && pip --python /opt/sbom/bin/python install --quiet --no-cache-dir --disable-pip-version-check \
        --only-binary :all: --require-hashes --requirement requirements-sbom.txt
RUN /opt/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
        --output-file /sbom.cdx.json /opt/venv/bin/python

FROM ${BASE}
# Of all that is in the image, the user can write data/ only: the catalog of a container without DATABASE_URL,
# and the loaded costs.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin app \
    && install -d -o app -g app -m 700 /app/data
COPY --from=builder /opt/venv /opt/venv
COPY --from=builder /app /app
COPY --from=sbom /sbom.cdx.json /app/

ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=8080
WORKDIR /app
USER 10001:10001
VOLUME /app/data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", "\
import http.client, os; \
server = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT'])); \
server.request('GET', '/healthz'); \
raise SystemExit(server.getresponse().status != 200)"]
# The check refuses unsafe settings before anything is served; exec lets gunicorn get the signal to stop.
CMD ["sh", "-c", "python manage.py check && exec python -m gunicorn -c gunicorn.conf.py --bind 0.0.0.0:$PORT"]

ARG SOURCE=
ARG REVISION=
LABEL org.opencontainers.image.title="Cloud Pricing" \
    org.opencontainers.image.version="0.1.0" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.source="${SOURCE}" \
    org.opencontainers.image.revision="${REVISION}"
