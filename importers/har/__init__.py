"""HAR recordings of browsers and proxies: what a person did, as a plan.

The file is read as a stream and response bodies are not kept. Later passes over a recording
(correlation, secrets) have a place of their own behind this package: they work on the plan and the
records, and read the file again for the answers they need.
"""

from importers.har.importer import import_source

__all__ = ["import_source"]
