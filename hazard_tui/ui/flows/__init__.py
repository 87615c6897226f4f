"""What the console does in several steps: a flow asks, calls, and shows; screens only start it."""
