# Pages are built in the first stage. What runs has no compiler and no packages of npm; Node draws pages there.
#   docker build -t account-portal .
FROM python:3.13-slim AS build
WORKDIR /portal
RUN python -m venv .venv
COPY requirements.txt .
RUN .venv/bin/pip install --no-cache-dir -r requirements.txt
COPY . .
# Which shop it is, is read when the portal starts: one image serves any.
RUN PORTAL_DEMO=true .venv/bin/python -m account_portal build \
    && rm -rf .web/node_modules var

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home /portal portal \
    && mkdir -p /var/lib/portal && chown portal /var/lib/portal
WORKDIR /portal
COPY --from=build /portal /portal
ENV PATH=/portal/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORTAL_DATA_DIR=/var/lib/portal
USER portal
VOLUME /var/lib/portal
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
ENTRYPOINT ["python", "-m", "account_portal"]
CMD ["serve"]
