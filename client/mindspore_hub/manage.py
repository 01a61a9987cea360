"""The cache folder."""

from tinybert.hub import environment

__all__ = ["get_hub_dir", "set_hub_dir"]


def set_hub_dir(dir_path: str = environment.DEFAULT_HUB_DIR) -> None:
    """Set the cache folder for this process.

    Args:
        dir_path: The folder.
    """
    environment.set_hub_dir(dir_path)


def get_hub_dir() -> str:
    """Return the cache folder: the one set here, else `$MSHUB_CACHE`, else `~/.mscache`."""
    return str(environment.get_hub_dir())
