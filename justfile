# The same recipes as the Makefile, for those who have just.

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

run-up:
    .ci/run-up

attach:
    .ci/attach

programs:
    .ci/programs

attacks:
    .ci/attacks

sizes:
    .ci/sizes

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
