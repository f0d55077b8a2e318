"""The targets of the fuzzer hold on their first inputs, and on a few inputs changed at random."""

from __future__ import annotations

import random

import pytest

from helpers import fuzz_targets


@pytest.mark.parametrize("name", fuzz_targets.TARGETS)
def test_a_target_holds_on_its_first_inputs_and_on_changed_ones(name: str) -> None:
    run, seeds = fuzz_targets.TARGETS[name].run, fuzz_targets.TARGETS[name].seeds()
    assert seeds
    chance = random.Random(name)  # noqa: S311 - not for secrets
    for seed in seeds:
        run(seed)
    for _ in range(60):
        changed = bytearray(chance.choice(seeds))
        for _ in range(chance.choice((1, 2, 8))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        run(bytes(changed))
