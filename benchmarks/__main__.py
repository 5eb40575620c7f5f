"""``python -m benchmarks COMMAND``: only the module of the command that was asked for is imported."""

import sys
from importlib import import_module

import typer

# Each module holds a function of its own name. They are imported late, since each one chooses JAX's
# platform before JAX starts, and not all of them can be imported on every machine.
COMMANDS: tuple[str, ...] = ("cpu", "sampling", "gpu", "tpu", "scaling", "report")


def build(arguments: list[str]) -> typer.Typer:
    """The command line, with the command named first in ``arguments``, or with all of them."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

    @app.callback()
    def _common() -> None:
        """Times jax_resample beside PyTorch, jax.image, OpenCV, Pillow and scikit-image."""

    named = [command for command in COMMANDS if arguments[:1] == [command]]
    for command in named or COMMANDS:
        app.command(command)(getattr(import_module(f".{command}", __package__), command))
    return app


def main() -> None:
    """Runs the command in ``sys.argv``."""
    build(sys.argv[1:])(prog_name="python -m benchmarks")


if __name__ == "__main__":
    main()
