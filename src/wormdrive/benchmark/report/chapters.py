"""Chapters: everything that text and page show of a table of drives, made once for both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wormdrive.benchmark.report import tables
from wormdrive.benchmark.report.answer import answer
from wormdrive.benchmark.report.evidence import Evidence
from wormdrive.benchmark.report.ladders import ladder_sentence, ladder_table
from wormdrive.benchmark.report.measured import commands, limits, method

__all__ = ["chapters"]


def chapters(evidence: Evidence, benchmark: str, given: Sequence[str] = ()) -> dict[str, Any]:
    """Return what the templates show, by the names that they use.

    ``benchmark`` is how the benchmark is named on the command line, ``given`` the paths of tables given there.
    """
    return {
        "title": evidence.benchmark.name.replace("-", " "),
        "question": evidence.benchmark.description,
        "answer": answer(evidence),
        "method": method(evidence),
        "models": tables.models(evidence),
        "recipes": tables.recipes(evidence),
        "winter": [tables.winter(evidence, recipe) for recipe in (*evidence.recipes, *evidence.controls)],
        "differences": tables.differences(evidence),
        "shares": tables.shares(evidence),
        "contrasts": tables.contrasts(evidence),
        "others": tables.other_seasons(evidence),
        "suites": [
            tables.suite_table(evidence, driven, f"Suite `{suite}`, all conditions together")
            for suite, driven in evidence.further_suites.items()
        ],
        "factors": tables.factors(evidence),
        "ladders": ladder_table(evidence),
        "ladder_sentence": ladder_sentence(evidence),
        "departures": tables.departures_table(evidence),
        "limits": limits(evidence),
        "commands": commands(evidence, benchmark, given),
    }
