"""Whether verdicts of releases are right: worlds with two-week releases, and what is found."""
