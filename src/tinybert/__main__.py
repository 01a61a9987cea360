"""`python -m tinybert`: the command `tinybert`, where only the interpreter is known."""

from .cli import main

if __name__ == "__main__":
    main()
