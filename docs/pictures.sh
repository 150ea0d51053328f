#!/bin/sh
# Draws the pictures in docs/ from what kmslint writes: run it from the repository's directory.
set -eu
cargo build --quiet --bin kmslint --example picture --example generate_account
programs="${CARGO_TARGET_DIR:-target}/debug"
account="$(mktemp -d)"
trap 'rm -rf "$account"' EXIT
"$programs/examples/generate_account" 200 20 "$account/account"
cp -R fixtures "$account/fixtures"

# The command ends with 1 where something is found.
draw() {
    name=$1
    shift
    { (cd "$account" && "$programs/kmslint" --color always "$@" 2>/dev/null) || [ $? -eq 1 ]; } |
        "$programs/examples/picture" "kmslint $*" >"docs/$name.svg"
}
case "$programs" in /*) ;; *) programs="$PWD/$programs" ;; esac
draw check check fixtures/quickstart
draw check-account check account
draw preflight preflight --key 0987dcba-09fe-87dc-65ba-ab0987654321 \
    --principal arn:aws:iam::111122223333:role/KeyAdmin --days 14 --now 2026-07-01 fixtures/preflight/mailbox
draw who-can who-can fixtures/account
