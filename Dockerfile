# The service without a database; compose.yaml adds PostGIS beside it.
FROM python:3.12-slim
RUN apt-get update -q && apt-get install -q -y --no-install-recommends nodejs npm make \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-microhei && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.lock pyproject.toml README.md ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY api api
COPY dispatch dispatch
COPY geo_data geo_data
COPY maps maps
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
 && cd maps/web && npm ci --ignore-scripts --no-audit --no-fund
EXPOSE 8000
CMD ["gzdispatch", "run"]
