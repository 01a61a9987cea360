"""Run the command line as `python -m tinybert`."""

from .cli import main

if __name__ == "__main__":
    main()
