"""Measurements, run by ``make bench``. They print; nothing is asserted, since machines differ."""
