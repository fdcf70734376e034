# syntax=docker/dockerfile:1
# One image for web, worker and beat; docker-compose.yml says which is which.

FROM python:3.13-slim AS build
ENV UV_PROJECT_ENVIRONMENT=/opt/venv UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1
RUN pip install --no-cache-dir "uv==0.13.9"
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-dev --extra sentry
COPY . .
# Throwaway values: collectstatic reads the settings, and nothing of them stays in the image.
RUN PEERHUB_ENV=production \
    SECRET_KEY=only-for-collecting-static-files-while-the-image-is-built \
    PEERHUB_MASTER_KEYS=1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgres://nobody@localhost/none \
    REDIS_URL=redis://localhost \
    SITE_URL=https://build.example.org \
    EMAIL_URL=memory:// \
    /opt/venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 WEB_BIND=0.0.0.0:8000
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin peerhub \
    && install --directory --owner peerhub --mode 0700 /var/lib/peerhub
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER peerhub
EXPOSE 8000
# Docker's check is for the web; compose gives worker and beat their own.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 CMD ["python", "docker/healthy.py"]
CMD ["gunicorn", "--config", "python:peerhub.gunicorn"]
