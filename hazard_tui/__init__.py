"""hazard: a load tester for requests that already exist somewhere else.

Importing this package loads neither Textual, grpc nor Locust.
"""

__version__ = "0.1.0"
