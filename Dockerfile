# The one image of a deployment on many machines; docker-compose.yml says which part of it a container runs.
FROM python:3.11.14-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/wiredesk AIRFLOW_HOME=/wiredesk/var/airflow
WORKDIR /wiredesk

COPY requirements.lock.txt deploy/requirements.machines.lock.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements.lock.txt -r requirements.machines.lock.txt

# A number that no user of the host is likely to have. It owns what it must write, and no code.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin wiredesk \
    && install -d -o wiredesk -g wiredesk -m 0700 var log

COPY sql sql
COPY dags dags
COPY pipeline pipeline
COPY docs/runbook.md docs/operators.md docs/deploy.md docs/scale.md docs/architecture.md docs/
RUN chmod -R a+rX sql dags pipeline docs

USER 10001:10001
ENTRYPOINT ["python", "-m", "pipeline.machine.container"]
