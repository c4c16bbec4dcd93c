from __future__ import annotations

import unittest

from test.spark import needs_spark


@needs_spark
class PropertiesTest(unittest.TestCase):
    def test_any_character(self) -> None:
        """Whatever stands in a setting, Java reads it as it is: all but letters is escaped."""
        from crash_rate_aggregates.engines.spark.driver.java_start import properties  # noqa: PLC0415  Loads pyspark.

        self.assertEqual(
            properties({"spark.a": "b C9", "x": "=\\é\n", "y": "\U0001f600"}),
            "spark\\u002ea=b\\u0020C9\nx=\\u003d\\u005c\\u00e9\\u000a\ny=\\ud83d\\ude00\n",
        )


if __name__ == "__main__":
    unittest.main()
