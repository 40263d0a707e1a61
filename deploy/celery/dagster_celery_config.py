"""A worker's configuration; dagster_celery imports a module of exactly this name from PYTHONPATH."""

import os

broker_url = result_backend = os.environ["EPG_BROKER_URL"]
worker_prefetch_multiplier = 1  # a run takes minutes: a worker that is busy must not hold back the next one
