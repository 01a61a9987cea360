"""The folder of the cache."""

from tinybert.hub import environment

__all__ = ["get_hub_dir", "set_hub_dir"]


def set_hub_dir(dir_path: str = environment.DEFAULT_HUB_DIR) -> None:
    """Sets the folder of the cache for this process.

    Args:
        dir_path: The folder.
    """
    environment.set_hub_dir(dir_path)


def get_hub_dir() -> str:
    """The folder of the cache: the one that was set, else `$MSHUB_CACHE`, else `~/.mscache`."""
    return str(environment.get_hub_dir())
