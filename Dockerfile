# The agent's roles poller, worker and web: docker build -t inbox-agent . ; run with `run --role …`
FROM python:3.12.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/app \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1

# No login shell, no home: the process owns nothing that it could write to.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin inbox-agent

WORKDIR /app
COPY requirements/build.txt requirements/base.txt requirements/
RUN pip install --require-hashes --requirement requirements/build.txt \
    && pip install --require-hashes --no-build-isolation --requirement requirements/base.txt

COPY workflows workflows
COPY inbox_agent inbox_agent

USER inbox-agent
ENTRYPOINT ["python", "-m", "inbox_agent"]
CMD ["--help"]
