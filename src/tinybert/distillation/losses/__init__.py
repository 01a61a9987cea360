"""What a student minimises: one loss a file, each with its equation in Jiao et al. 2019 (arXiv:1909.10351).

Each is a mean over the rows of a batch of what a row loses over its own tokens. So padding counts nowhere, and a batch
counts for its rows, however they are put together.
"""
