"""The random state of the process under PyTorch's module name."""

from __future__ import annotations

from ._tensorbridge import get_rng_state, initial_seed, manual_seed, seed, set_rng_state

__all__ = ["get_rng_state", "initial_seed", "manual_seed", "seed", "set_rng_state"]
