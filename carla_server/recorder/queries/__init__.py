"""The texts that ``show_recorder_*`` give of a recording, laid out as CARLA does."""

from wormdrive.carla_server.recorder.queries.blocked import blocked_text
from wormdrive.carla_server.recorder.queries.collisions import collisions_text
from wormdrive.carla_server.recorder.queries.info import info_text

__all__ = ["blocked_text", "collisions_text", "info_text"]
