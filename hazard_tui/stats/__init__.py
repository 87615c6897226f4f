"""The numbers of a run: merging frames, percentiles, windows, verdict, thresholds, history.

Imports neither grpc nor textual; frames are the protobuf messages of `worker.proto`.
"""
