# The same commands as `cargo xtask`, for those who have just (https://just.systems).

# list the recipes
default:
    @just --list --unsorted

# check for what a build needs, and install what is missing
setup:
    cargo xtask setup

# show components on the network: what they may do, and what is refused
demo:
    cargo xtask demo

# run every test, and sum up what ran
test:
    cargo xtask test

# run the BSD socket cases: on every implementation, or `just conformance --backend os`
conformance *ARGUMENTS:
    cargo xtask conformance {{ ARGUMENTS }}

# compare with Linux for long: `just soak 10 --seed 7`, `just soak --replay FILE`
soak *ARGUMENTS:
    cargo xtask soak {{ ARGUMENTS }}

# look for inputs for which something does not hold: in every target, or `just fuzz stream 600`
fuzz *ARGUMENTS:
    cargo xtask fuzz {{ ARGUMENTS }}

# count the instructions of moving data, here and with `just instructions --against COMMIT` there
instructions *ARGUMENTS:
    cargo xtask instructions {{ ARGUMENTS }}

# build the examples in Python and JavaScript, with the tools they need
languages:
    cargo xtask languages

# check format, lints and dependencies
lint:
    cargo xtask lint
