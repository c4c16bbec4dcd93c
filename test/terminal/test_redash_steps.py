from __future__ import annotations

import json
import unittest
from typing import Any

from crash_rate_aggregates.redash.plan import plan
from crash_rate_aggregates.redash.redash_access import RedashAccess
from crash_rate_aggregates.redash.redash_objects import FoundObject, Kind, WantedObject
from crash_rate_aggregates.redash.wanted import _data_source, _destination
from crash_rate_aggregates.terminal.redash_steps import step_lines, steps_json

ACCESS = RedashAccess(
    database="postgresql://reader:hush@db.test/crashes", webhook="https://hooks.test/hush"
)


class SecretsOfRedashTest(unittest.TestCase):
    def shown(self, wanted: WantedObject, **fields: Any) -> str:
        """Return what is printed for people and machines of a change of one object."""
        found = FoundObject(wanted.kind, wanted.key, 1, wanted.name, {**wanted.fields, **fields})
        steps = plan([wanted], [found]).steps
        self.assertEqual([step.kind for step in steps], [wanted.kind])
        people = "\n".join(line.plain for step in steps for line in step_lines(step))
        return f"{people}\n{steps_json(steps, [], 1)}\n{steps}"

    def test_data_source(self) -> None:
        """Host and user of the database are shown, its password is not, whatever Redash held."""
        wanted = _data_source(ACCESS.database)
        for options in (None, {}, {"host": "other", "password": "old"}):
            with self.subTest(options=options):
                text = self.shown(wanted, options=options)
                self.assertIn("db.test", text)
                self.assertNotIn("hush", text)
        self.assertEqual(json.loads(json.dumps(wanted.fields["options"]))["password"], "hush")

    def test_webhook(self) -> None:
        """The URL of a webhook, by which anybody could write to its channel, is not shown."""
        wanted = _destination(str(ACCESS.webhook))
        self.assertEqual(wanted.kind, Kind.DESTINATION)
        for options in (None, {}, {"url": "https://hooks.test/old"}):
            with self.subTest(options=options):
                self.assertNotIn("hush", self.shown(wanted, options=options))
        self.assertEqual(json.loads(json.dumps(wanted.fields["options"]))["url"], ACCESS.webhook)


if __name__ == "__main__":
    unittest.main()
