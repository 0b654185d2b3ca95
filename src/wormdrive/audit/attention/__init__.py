"""Attention: what in a picture moves the steering, through head and neurons, and whether what is bright matters."""
