"""`python -m evoapproxnas`."""

from evoapproxnas.cli.app import main

if __name__ == "__main__":
    main()
