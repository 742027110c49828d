"""The ledger: an account of any PyTorch model that shows its working. Needs torch."""

from convlib.bookkeeping.ledger import Ledger, ledger
from convlib.bookkeeping.rows import Row
from convlib.bookkeeping.trace import LedgerError

__all__ = ["Ledger", "LedgerError", "Row", "ledger"]
