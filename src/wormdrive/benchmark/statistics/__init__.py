"""Statistics of few trainings on many routes: tables turned into arrays, intervals, comparisons."""
