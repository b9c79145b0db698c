"""The doctor: what is wrong with this environment, with the evidence, the consequence and the remedy."""
