"""The pages within Airflow's own UI: what an operator sees at a glance, and the few buttons that change anything.

A request comes in behind Airflow's login, a page of HTML goes out: text escaped, no script but our own, nothing from elsewhere.
"""
