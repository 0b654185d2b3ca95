"""Convoy: N cars on one road, the first by a speed profile, the others behind it by what their cameras see."""
