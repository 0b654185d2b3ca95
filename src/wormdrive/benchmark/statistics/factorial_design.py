"""Factorial design: what varies between drives, split among the factors of a balanced full factorial table.

The design: every combination of the fixed factors (head, augmentation, controller) was trained from as many seeds, and
every training drove the same routes, once in each cell. Seeds are nested in the combination they trained, routes are
crossed with everything; both are samples, of which other trainings and other roads are drawn.

Sources: Cornfield and Tukey, Ann. Math. Stat. 27 (1956) 907 (expected mean squares); Dodd and Schultz, Psychol. Bull.
79 (1973) 391, and Vaughan and Corballis, Psychol. Bull. 72 (1969) 204 (omega squared of mixed designs).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import prod

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Design", "Factor", "Term"]

Numbers = NDArray[np.float64]
Names = frozenset[str]


@dataclass(frozen=True)
class Factor:
    """One axis of the table of scores.

    Attributes
    ----------
    levels:
        How many levels it has; within each combination of what it is nested in.
    sampled:
        Whether its levels are a sample of more (training seeds, routes), not all there is (heads, controllers).
    nested_in:
        Factors in each combination of which the levels are others: level 0 here and level 0 there are strangers.
    """

    name: str
    levels: int
    sampled: bool = False
    nested_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """A main effect or an interaction: the factors that make it, and those within which some of them are nested."""

    factors: tuple[str, ...]
    within: tuple[str, ...]
    degrees: int

    @property
    def name(self) -> str:
        """Its name: ``seed:route`` is the interaction of the two."""
        return ":".join(self.factors)

    @property
    def subscripts(self) -> Names:
        """All factors on which its effects depend."""
        return frozenset(self.factors) | frozenset(self.within)


@dataclass(frozen=True)
class Design:
    """A balanced full factorial design: its factors in the order of the axes of the scores.

    Raises
    ------
    ArgumentError
        If a factor has fewer than two levels, a name is there twice, or what a factor is nested in is not there or is
        nested itself.
    """

    factors: tuple[Factor, ...]

    def __post_init__(self) -> None:
        names = [factor.name for factor in self.factors]
        for k, factor in enumerate(self.factors):
            if factor.levels < 2:
                raise ArgumentError(f"factor {factor.name!r}: levels={factor.levels}; allowed are two or more")
            if factor.name in names[:k]:
                raise ArgumentError(f"factor {factor.name!r}: is there twice; allowed are different names")
            free = [other.name for other in self.factors if not other.nested_in and other is not factor]
            for outer in factor.nested_in:
                if outer not in free:
                    raise ArgumentError(
                        f"factor {factor.name!r}: nested_in={outer!r}; allowed are {', '.join(free) or 'none'}"
                    )

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the scores."""
        return tuple(factor.levels for factor in self.factors)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """All terms, main effects first: their sums of squares add to the whole."""
        found = []
        for count in range(1, len(self.factors) + 1):
            for chosen in combinations(self.factors, count):
                own = [factor.name for factor in chosen]
                within = [
                    other.name for other in self.factors if any(other.name in factor.nested_in for factor in chosen)
                ]
                if not set(own) & set(within):
                    degrees = prod(factor.levels - 1 for factor in chosen) * prod(self._levels(within))
                    found.append(Term(tuple(own), tuple(within), degrees))
        return tuple(found)

    def sums_of_squares(self, scores: Numbers) -> Numbers:
        """Sum of squares of each term: (..., *shape) -> (..., K), in the order of ``terms``."""
        crossed = self._crossed_sums(scores)
        columns = []
        for term in self.terms:
            own = frozenset(term.factors)
            # what varies within combinations of outer factors is the inner one's, as if crossed, pooled with every
            # interaction with the outer ones
            pooled = [own | set(outer) for n in range(len(term.within) + 1) for outer in combinations(term.within, n)]
            columns.append(sum(crossed[names] for names in pooled))
        return np.stack(columns, axis=-1)

    def components(self, sums: Numbers) -> Numbers:
        """Unbiased estimates of each term's part of the variance of a drive: (..., K) sums of squares -> (..., K).

        The drive is of a combination of fixed levels drawn at random, by a new training on a new route. By equating
        mean squares to their expectations (Cornfield and Tukey). What is not there is estimated at around zero, so a
        little below as often as above.
        """
        total = prod(self.shape)
        sampled = {factor.name for factor in self.factors if factor.sampled}
        size = {term: prod(self._levels(term.subscripts)) for term in self.terms}
        effects: dict[Term, Numbers] = {}
        for term in sorted(self.terms, key=lambda term: -len(term.subscripts)):
            mean_square = sums[..., self.terms.index(term)] / term.degrees
            noise = sum(
                (
                    effects[other] * (total / size[other])
                    for other in effects
                    if other.subscripts > term.subscripts and set(other.factors) - term.subscripts <= sampled
                ),
                start=np.zeros_like(mean_square),
            )
            effects[term] = (mean_square - noise) * (size[term] / total)
        fixed = {factor.name: (factor.levels - 1) / factor.levels for factor in self.factors if not factor.sampled}
        return np.stack(
            [effects[term] * prod(fixed.get(name, 1.0) for name in term.factors) for term in self.terms], axis=-1
        )

    def _levels(self, names: Sequence[str] | Names) -> list[int]:
        return [factor.levels for factor in self.factors if factor.name in names]

    def _crossed_sums(self, scores: Numbers) -> dict[Names, Numbers]:
        """Sum of squares of each set of factors, as if all were crossed, for each of (..., *shape)."""
        count, lead = len(self.factors), scores.ndim - len(self.factors)
        axes = tuple(range(lead, scores.ndim))
        centred = scores - scores.mean(axis=axes, keepdims=True)
        # means over all subsets of axes, each from one with an axis more
        means = {frozenset(range(count)): centred}
        for kept in range(count - 1, -1, -1):
            for subset in map(frozenset, combinations(range(count), kept)):
                axis = min(set(range(count)) - subset)
                means[subset] = means[subset | {axis}].mean(axis=lead + axis, keepdims=True)
        total = prod(self.shape)
        squares = {
            subset: (mean**2).sum(axis=axes) * (total / prod(self.shape[axis] for axis in subset))
            for subset, mean in means.items()
        }
        return {
            frozenset(self.factors[axis].name for axis in subset): sum(
                (
                    (-1) ** (len(subset) - n) * squares[frozenset(part)]
                    for n in range(len(subset) + 1)
                    for part in combinations(sorted(subset), n)
                ),
                start=np.zeros(scores.shape[:lead]),
            )
            for subset in means
        }
