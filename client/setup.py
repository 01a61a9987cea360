"""Packaging of the stand-in client, under the official client's distribution name, so that pip never installs both."""

from setuptools import setup

setup(
    name="mindspore-hub",
    version="0.1.0",
    description="A stand-in for the official mindspore_hub client, which is on no package registry",
    license="Apache-2.0",
    python_requires=">=3.10,<3.13",
    packages=["mindspore_hub"],
    install_requires=["mindspore-tinybert"],
)
