"""The playbooks pass ansible-lint by its strictest profile."""

from __future__ import annotations

import unittest

from test.deploy.playbooks import ANSIBLE, PROJECT, TOOLS, tool_environment
from test.deploy.processes import finished


class LintTest(unittest.TestCase):
    def test_production_profile(self) -> None:
        """ansible-lint finds nothing at its strictest profile."""
        done = finished(
            [TOOLS / "ansible-lint", "--offline", "--profile", "production", "-q", "ansible"],
            seconds=240,
            cwd=PROJECT,
            env=tool_environment(),
        )
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_syntax(self) -> None:
        """Every playbook can be read."""
        playbooks = sorted(ANSIBLE.glob("*.yml"))
        self.assertEqual(
            [one.name for one in playbooks],
            ["deploy.yml", "destroy.yml", "dev.yml", "dev_destroy.yml"],
        )
        done = finished(
            [TOOLS / "ansible-playbook", "--syntax-check", *playbooks],
            seconds=120,
            env=tool_environment(),
        )
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
