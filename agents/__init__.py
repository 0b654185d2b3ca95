"""Who decides: wirings, liquid cells, policies, the expert, shipped weights."""
