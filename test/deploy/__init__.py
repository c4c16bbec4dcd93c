"""Playbooks and tarball, run for real against stand-ins: `make test-deploy`."""
