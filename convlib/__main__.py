"""The ledger from a terminal: ``python -m convlib MODULE:NAME --input 3,224,224``.

Exit status: 0 if all went well, 1 if the model fails, 2 if the command line is wrong.
"""

import argparse
import importlib
import os
import sys
import time

_EPILOG = """\
examples:
  python -m convlib my_models:Net --input 3,224,224
  python -m convlib my_models:build --input 1,28,28 --input 10 --depth 2
  python -m convlib my_models:Classifier --input 40 --dtype int64 --csv > rows.csv
"""


class _ModelError(Exception):
    """The model cannot be made or run: what to say about it."""


def main(arguments=None):
    """Print a ledger. Returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    sizes = [_size(parser, text) for text in options.input]
    module, _, name = options.model.partition(":")
    if not module or not name:
        parser.error(f"MODULE:NAME must have a module and a name, such as my_models:Net, not {options.model!r}")
    if options.dtype and len(options.dtype) not in (1, len(sizes)):
        parser.error(f"--dtype is given {len(options.dtype)} times, --input {len(sizes)} times: give one for each")
    if "" not in sys.path:
        sys.path.insert(0, "")
    progress = _Progress()
    try:
        account = _ledger(parser, options, module, name, sizes, progress)
    except _ModelError as failure:
        progress.clear()
        print(f"convlib: {failure}", file=sys.stderr)
        return 1
    progress.clear()
    try:
        if options.csv:
            account.to_csv(sys.stdout)
        else:
            print(account)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m convlib",
        description="An account of a PyTorch model that shows its working: sizes, parameters, MACs, memory.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "model", metavar="MODULE:NAME", help="a model, a class or a function that makes one, in an importable module"
    )
    parser.add_argument(
        "--input",
        metavar="SIZE",
        action="append",
        required=True,
        help="the size of an input without the batch, such as 3,224,224; once for each input",
    )
    parser.add_argument(
        "--dtype", metavar="TYPE", action="append", help="the type of the inputs, such as int64; once, or once for each"
    )
    parser.add_argument("--batch-size", metavar="N", type=int, default=1, help="inputs in the batch (default: 1)")
    parser.add_argument("--depth", metavar="N", type=int, help="fold what is deeper than N levels into one row")
    parser.add_argument("--keras", action="store_true", help="add the totals as Keras counts them")
    parser.add_argument("--csv", action="store_true", help="print the rows as CSV")
    parser.add_argument("--meta", action="store_true", help="make the model without memory for its weights")
    return parser


def _size(parser, text):
    parts = [part.strip() for part in text.replace("x", ",").split(",")]
    if not all(part.isascii() and part.isdigit() and int(part) for part in parts):
        parser.error(f"--input {text!r} must be whole numbers of at least 1 between commas, such as 3,224,224")
    return tuple(map(int, parts))


def _ledger(parser, options, module, name, sizes, progress):
    import torch

    from convlib import ledger
    from convlib.bookkeeping import LedgerError

    dtypes = [_dtype(parser, torch, text) for text in options.dtype or ()]
    progress(0)
    model = _model(parser, torch, module, name, options.meta)
    try:
        return ledger(
            model,
            sizes,
            batch_size=options.batch_size,
            dtypes=(dtypes * len(sizes) if len(dtypes) == 1 else dtypes) or None,
            depth=options.depth,
            keras=options.keras,
            progress=progress,
        )
    except LedgerError as failure:
        raise _ModelError(failure) from failure
    except (TypeError, ValueError) as refusal:
        progress.clear()
        parser.error(str(refusal))


def _dtype(parser, torch, text):
    dtype = getattr(torch, text, None)
    if not isinstance(dtype, torch.dtype):
        parser.error(f"--dtype {text!r} must be a type of torch, such as float32 or int64")
    return dtype


def _model(parser, torch, module, name, meta):
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name is not None and (module == missing.name or module.startswith(f"{missing.name}.")):
            parser.error(f"there is no module {module!r} to import from {os.getcwd()}")
        raise _ModelError(f"importing {module} failed: {missing}") from missing
    except Exception as failure:
        raise _ModelError(f"importing {module} failed: {type(failure).__name__}: {failure}") from failure
    for part in name.split("."):
        if not hasattr(found, part):
            parser.error(f"{module!r} has no {name!r}")
        found = getattr(found, part)
    if not isinstance(found, torch.nn.Module) and callable(found):
        try:
            with torch.device("meta" if meta else torch.get_default_device()):
                found = found()
        except Exception as failure:
            raise _ModelError(f"{module}:{name}() failed: {type(failure).__name__}: {failure}") from failure
    if not isinstance(found, torch.nn.Module):
        parser.error(f"{module}:{name} must be or make a torch.nn.Module, not {type(found).__name__}")
    return found


class _Progress:
    """A line on standard error, if it is a terminal and the work has taken a second; at most five times a second."""

    def __init__(self):
        self._next, self._shown = time.monotonic() + 1, False

    def __call__(self, modules):
        now = time.monotonic()
        if now < self._next or not sys.stderr.isatty():
            return
        self._next, self._shown = now + 0.2, True
        print(f"\r{modules:,} modules called …", end="", file=sys.stderr, flush=True)

    def clear(self):
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._shown = False


if __name__ == "__main__":
    sys.exit(main())
