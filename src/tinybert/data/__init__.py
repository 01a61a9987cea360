"""Data files in the published column names: written, and read in batches."""

from .tfrecord import COLUMNS, write_tfrecord

__all__ = ["COLUMNS", "write_tfrecord"]
