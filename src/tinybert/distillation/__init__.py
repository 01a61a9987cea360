"""Distillation: a small network that learns from a larger one, as Jiao et al. 2019 (arXiv:1909.10351) have it."""
