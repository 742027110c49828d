"""All measurements, one after the other: ``python -m benchmarks``"""

from importlib import import_module

for name in ("import_time", "gif", "ledger", "explorer", "page"):
    print(f"\n{name}\n{'=' * len(name)}")
    import_module(f"benchmarks.{name}").main()
