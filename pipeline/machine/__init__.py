"""EDGE: what stands between the pipeline and the machine it runs on: environment, Postgres, Airflow, processes."""
