"""HAR recordings of browsers and proxies: what a person did, as a plan.

The file is read as a stream; response bodies are kept only within the limits of
`importers.correlation`, which then works on the plan and these answers.
"""

from importers.har.importer import import_pair, import_source

__all__ = ["import_pair", "import_source"]
