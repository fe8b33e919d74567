"""`bench candidate`: its figures are of the right shape (never timed)."""

import json
import subprocess
import sys

import pytest


def test_candidates_are_measured_next_to_plain_keras():
    """In a process of its own, as it fixes the number of TensorFlow's threads."""
    command = [sys.executable, "-m", "evoapproxnas", "bench", "candidate", "--networks", "2"]
    settings = ["training.epochs=1", "data.train_images=100"]
    options = [part for setting in settings for part in ("--set", setting)]
    done = subprocess.run([*command, *options, "--json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["machine"]["tensorflow_threads"] == 1
    assert [row["network"] for row in found["candidates"]] == ["g00-01", "g00-02"]
    for row in found["candidates"]:
        assert row["ratio"] == pytest.approx(row["candidate_s"] / row["keras_s"])
        assert row["macs"] >= 5_000
    first, second = found["candidates"]
    assert found["medians"]["ratio"] == pytest.approx((first["ratio"] + second["ratio"]) / 2)
