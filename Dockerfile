FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

COPY . .
# Nothing is written here but the catalog of a container without DATABASE_URL.
RUN useradd --no-create-home --uid 10001 app && mkdir data && chown app data
USER app

EXPOSE 8080
# The check refuses unsafe settings before anything is served; exec lets gunicorn get the signal to stop.
CMD ["sh", "-c", "python manage.py check && exec python -m gunicorn -c gunicorn.conf.py --bind 0.0.0.0:${PORT:-8080}"]
