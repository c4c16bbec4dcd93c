"""The contract of places on Azure: `make test-long` installs the emulator first."""

from __future__ import annotations

import unittest

from test.sources.stores.test_urls import AzureTest

__all__ = ["AzureTest"]


if __name__ == "__main__":
    unittest.main()
