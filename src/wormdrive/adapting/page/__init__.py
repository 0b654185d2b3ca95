"""The page of the findings, ``adapting.html``."""
