from __future__ import annotations

import subprocess
import unittest

from test.deploy.playbooks import ANSIBLE, PROJECT, TOOLS, tool_environment


class LintTest(unittest.TestCase):
    def test_production_profile(self) -> None:
        """ansible-lint finds nothing at its strictest profile."""
        done = subprocess.run(
            [TOOLS / "ansible-lint", "--offline", "--profile", "production", "-q", "ansible"],
            cwd=PROJECT,
            env=tool_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_syntax(self) -> None:
        """Every playbook can be read."""
        playbooks = sorted(ANSIBLE.glob("*.yml"))
        self.assertEqual([one.name for one in playbooks], ["deploy.yml", "destroy.yml", "dev.yml", "dev_destroy.yml"])
        done = subprocess.run(
            [TOOLS / "ansible-playbook", "--syntax-check", *playbooks],
            env=tool_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
