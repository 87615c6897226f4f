"""The controller: owns every run, its Locust master, its workers' streams and the history."""
