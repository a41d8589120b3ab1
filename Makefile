# The front door. Each recipe is one script, and CI calls the same ones.
.PHONY: build test lint format fuzz demo amplification bench bench-jmh proof ci bridge identical conformance framing transparency programs run-up attach attacks sizes

build:
	./proa build

test:
	mvn verify

lint:
	.ci/lint

format:
	.ci/lint --fix

fuzz:
	.ci/fuzz 60

identical:
	.ci/identical

conformance:
	.ci/conformance

framing:
	.ci/framing --peers

transparency:
	.ci/transparency

attacks:
	.ci/attacks

sizes:
	.ci/sizes

run-up:
	.ci/run-up

attach:
	.ci/attach

programs:
	.ci/programs

demo:
	./proa demo --once -o json

amplification:
	.ci/amplification

bridge:
	.ci/bridge

bench:
	bench/run --quick

bench-jmh:
	bench/jmh

ci:
	.ci/run

proof:
	.ci/proof
