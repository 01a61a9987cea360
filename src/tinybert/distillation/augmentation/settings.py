"""Settings of a data augmentation."""

from __future__ import annotations

import dataclasses

from ...training.settings import check_number, setting


@dataclasses.dataclass(frozen=True)
class AugmentSettings:
    """Settings of a data augmentation; the defaults are those of Jiao et al. 2019, section 4.1 and algorithm 1.

    Args:
        p_threshold: The probability with which each word is replaced, p_t in the paper.
        copies: The number of copies made of each example, N_a in the paper; those that repeat another are dropped.
        candidates: The number of words to choose among for each word, K in the paper.
        seed: Seed of the random choices, which depend on the seed, the row and the copy alone.

    Raises:
        ConfigError: A value is not allowed.
    """

    p_threshold: float = setting(0.4, "Probability with which each word is replaced (p_t in the paper).")
    copies: int = setting(20, "Copies of each example (N_a in the paper); repeated ones are dropped.")
    candidates: int = setting(15, "Words to choose among for each word (K in the paper).")
    seed: int = setting(42, "Seed of the random choices.")

    def __post_init__(self) -> None:
        check_number("p_threshold", self.p_threshold, float, least=0, most=1)
        check_number("copies", self.copies, int, least=1)
        check_number("candidates", self.candidates, int, least=1)
        check_number("seed", self.seed, int, least=0)
