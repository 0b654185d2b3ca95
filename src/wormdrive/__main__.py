"""``python -m wormdrive`` is ``wormdrive``."""

from wormdrive.cli.main import main

if __name__ == "__main__":
    main()
