#!/bin/sh
# Compares every MAC with the emulation, bit for bit. Needs Icarus Verilog: iverilog and vvp.
cd "$(dirname "$0")" || exit 1
for program in iverilog vvp; do
  if ! command -v "$program" >/dev/null; then
    echo "$program is missing; install Icarus Verilog (Debian: apt-get install iverilog)" >&2
    exit 2
  fi
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

check() {
  module=$1 vectors=$2
  shift 2
  iverilog -g2005 -DMAC="mac_$module" "$@" -s testbench -o "$work/testbench" \
    testbench/testbench.v rtl/accumulator.v rtl/correction.v "rtl/mac_$module.v" \
    "multipliers/$module.v" && vvp "$work/testbench" "+vectors=vectors/$vectors.txt" >"$work/said"
  cat "$work/said"
  grep -q '^PASS' "$work/said" || failed=1
  : >"$work/said"
}

: >"$work/said"
CHECKS

if [ "$failed" -ne 0 ]; then
  echo "FAIL: at least one MAC is not what the emulation computes"
  exit 1
fi
echo "PASS: all MACs are what the emulation computes"
