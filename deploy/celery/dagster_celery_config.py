"""What a worker is told: found by dagster_celery as a module of this very name on PYTHONPATH."""

import os

broker_url = result_backend = os.environ["EPG_BROKER_URL"]
worker_prefetch_multiplier = 1  # a run takes minutes: a worker that is busy must not hold back the next one
