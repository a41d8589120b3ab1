"""What .ci/conformance is made of: where the suites come from, who stands in between, how each suite is run and read."""
