"""What is left of a run for people and machines: HTML, JSON, CSV, JUnit, Prometheus text."""
