"""Chapters: everything that text and page show of a table of drives, made once for both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wormdrive.benchmark.report import sealed_chapter, tables
from wormdrive.benchmark.report.answer import answer
from wormdrive.benchmark.report.evidence import Evidence
from wormdrive.benchmark.report.ladders import ladder_sentence, ladder_table
from wormdrive.benchmark.report.measured import commands, limits, method
from wormdrive.benchmark.report.sealed_evidence import SealedEvidence

__all__ = ["chapters"]


def chapters(
    evidence: Evidence, benchmark: str, given: Sequence[str] = (), sealed: SealedEvidence | None = None
) -> dict[str, Any]:
    """Return what the templates show, by the names that they use.

    ``benchmark`` is how the benchmark is named on the command line, ``given`` the paths of tables given there,
    ``sealed`` what drives in sealed conditions say, if there are any.
    """
    return {
        "title": evidence.benchmark.name.replace("-", " "),
        "question": evidence.benchmark.description,
        "answer": answer(evidence, sealed_chapter.sealed_clause(sealed)),
        "method": method(evidence),
        "models": tables.models(evidence),
        "recipes": tables.recipes(evidence),
        "winter": [tables.winter(evidence, recipe) for recipe in (*evidence.recipes, *evidence.controls)],
        "differences": tables.differences(evidence),
        "shares": tables.shares(evidence),
        "contrasts": tables.contrasts(evidence),
        "others": tables.other_seasons(evidence),
        "sealed": None if sealed is None else _sealed(sealed),
        "suites": [
            tables.suite_table(evidence, driven, f"Suite `{suite}`, all conditions together")
            for suite, driven in evidence.further_suites.items()
        ],
        "factors": tables.factors(evidence),
        "ladders": ladder_table(evidence),
        "ladder_sentence": ladder_sentence(evidence),
        "departures": tables.departures_table(evidence),
        "limits": limits(evidence),
        "commands": commands(evidence, benchmark, given, None if sealed is None else sealed.opened.record.seed),
    }


def _sealed(sealed: SealedEvidence) -> dict[str, Any]:
    differences, told = sealed_chapter.snow_differences(sealed)
    return {
        "meaning": sealed_chapter.meaning(sealed),
        "recipes": sealed_chapter.recipes_table(sealed),
        "models": sealed_chapter.models_table(sealed),
        "conditions": sealed_chapter.conditions_table(sealed),
        "differences": differences,
        "told": told,
    }
