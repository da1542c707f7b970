"""A bundled world to run against: invented titles that run invented wire copy as newsrooms do, on one local server."""
