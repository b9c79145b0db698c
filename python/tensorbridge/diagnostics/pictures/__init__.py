"""Pictures of memory: the bytes as a strip, and every view over it."""
