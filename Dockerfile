# The agent's roles poller, worker and web, and `run` as a whole:
#
#   docker build -t inbox-agent .                     # or: buildah build -t inbox-agent .
#   docker run --rm inbox-agent run --role …          # docker-compose.yml shows the roles together
#
# Where pip needs a configuration or a certificate authority of your own, they are there for the installation alone:
#
#   docker build --secret id=pip.conf,src=FILE --secret id=ca.pem,src=FILE -t inbox-agent .
#
# BASE: any Debian image with Python 3.11 or newer and its venv module.
ARG BASE=python:3.12.11-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PYTHONSAFEPATH=1
WORKDIR /build
COPY requirements/build.txt requirements/base.txt ./
# pip and the build tools stay here: what goes into the image is installed from wheels, without them.
RUN --mount=type=secret,id=pip.conf --mount=type=secret,id=ca.pem \
    export PIP_CONFIG_FILE=/run/secrets/pip.conf \
    && if [ -e /run/secrets/ca.pem ]; then export PIP_CERT=/run/secrets/ca.pem; fi \
    && python3 -m venv tools \
    && tools/bin/pip install --require-hashes --requirement build.txt \
    && tools/bin/pip wheel --require-hashes --no-build-isolation --wheel-dir wheels --requirement base.txt \
    && python3 -m venv --without-pip /opt/inbox-agent \
    && tools/bin/pip --python /opt/inbox-agent/bin/python install --no-index --no-deps wheels/*.whl
COPY inbox_agent /app/inbox_agent
COPY workflows /app/workflows
COPY config/inbox-agent.example.env /app/inbox_agent/settings/
COPY LICENSE /app/
# Compiled once, since nothing can be written there later; found by a path file, which unlike PYTHONPATH no setting takes away.
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /app \
    && for packages in /opt/inbox-agent/lib/python3*/site-packages; do echo /app > "$packages/inbox-agent.pth"; done

FROM ${BASE}
LABEL org.opencontainers.image.title="inbox-agent" \
    org.opencontainers.image.description="An AI email agent that lives in a mailbox" \
    org.opencontainers.image.version="0.1.0" \
    org.opencontainers.image.licenses="MIT"
# No login shell, no home. The only folder that it owns is for `run` as a whole: mount a volume there.
RUN useradd --uid 10001 --user-group --no-log-init --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin inbox-agent \
    && install -d -o 10001 -g 10001 -m 0700 /var/lib/inbox-agent
COPY --from=build /opt/inbox-agent /opt/inbox-agent
COPY --from=build /app /app

ENV PATH=/opt/inbox-agent/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    INBOX_AGENT_DATA=/var/lib/inbox-agent \
    INBOX_AGENT_POLLER_HEALTH_FILE=/tmp/poller-health
# A number, so that an orchestrator can tell that it is not root.
USER 10001:10001
WORKDIR /app
STOPSIGNAL SIGTERM
# No HEALTHCHECK: an image cannot know the role. `inbox-agent health ROLE` is the check; docker-compose.yml has it for each.
ENTRYPOINT ["python", "-P", "-m", "inbox_agent"]
CMD ["--help"]
