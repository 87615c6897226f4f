"""What the engine does, measured from outside at a target that keeps the truth."""
