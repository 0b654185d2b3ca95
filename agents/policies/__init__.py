"""Policies: eyes, a memory and a read-out, by kind; how they are saved."""
