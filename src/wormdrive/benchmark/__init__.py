"""Evidence: who carries what is learnt in one season into another, measured over training seeds."""
