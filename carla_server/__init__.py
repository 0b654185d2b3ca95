"""A CARLA 0.9.16 server over the embedded simulator: the unmodified ``carla`` client drives it.

>>> from wormdrive.carla_server.server import CarlaServer
>>> with CarlaServer(map="country_loop") as server:
...     server.port > 0
True
"""
